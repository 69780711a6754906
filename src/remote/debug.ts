import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import adapterProgram from "./programs/debug-adapter.py";
import debugProgram from "./programs/debug.py";

/** The debugpy that igor brings where the image has none. */
export const suppliedDebugpy = {
  version: "1.8.22",
  /** For every Python 3 and machine: without the parts that are compiled for one of them. */
  file: "debugpy-1.8.22-py2.py3-none-any.whl",
  sha256: "a9e9d3550e15ca479c59333e90845029190531f0cacfedab3b815a57bd913947",
} as const;

/** Exit code of the loader where Python is older than 3.7. */
export const tooOld = 96;

/**
 * Reads the program from stdin; one line, since it is seen where processes are listed. A file of the user's project must
 * not be taken for a module of Python.
 */
const load = [
  '"the debugger of igor"',
  "import sys",
  `sys.version_info < (3, 7) and sys.exit(${tooOld})`,
  "sys.path[0] or sys.path.pop(0)",
  "import os, zlib",
  "n = int(sys.argv[1])",
  'b = b"".join(os.read(0, 1) for _ in range(n))',
  "len(b) == n or sys.exit(0)",
  "exec(zlib.decompress(b))",
].join("; ");

/** The program of the far end, as it travels on stdin. */
export function debugProgramBytes(): Buffer {
  return deflateSync(Buffer.from(debugProgram), { level: 9 });
}

/** The command in the container that takes the program from stdin, and becomes it. */
export function debugWords(python: string, program: Buffer): readonly string[] {
  return [python, "-c", load, String(program.length)];
}

/** What starts debugpy's adapter there. */
export const adapterText: string = adapterProgram;
