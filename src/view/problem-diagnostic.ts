import type { Problem } from "../model/problem.ts";
import type { Clue } from "./problem-clue.ts";

/** Of what a relative path without a directory must end in: `apollo.local:22: error` is no file. */
const sources = new Set(
  (
    "c cc cpp cxx c++ cu cuh h hh hpp hxx inl ipp tcc m mm cl hip metal s S asm ll td py pyi pyx pxd ipynb rs go ts tsx mts cts " +
    "js jsx mjs cjs vue svelte java kt scala swift cs fs hs ml mli ex exs erl lua rb pl php jl r R f F f90 F90 f95 for nim zig " +
    "d v sv vhd sh bash zsh fish awk sql proto cmake txt md rst tex json yaml yml toml ini cfg tf html css scss xml"
  ).split(" "),
);

/** `pkg/model.py`, `/workspace/my dir/a.c`, `Makefile`; not `12`, `http://x`, `time`, `10.0.0.1`. */
function isFile(path: string): boolean {
  const isPlaced = /^(?:\/|\.\.?\/)/.test(path);
  if (path.includes("://") || (path.includes(" ") && !isPlaced)) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^(?:GNUm|[Mm])akefile$|^[Dd]ockerfile/.test(name)) return true;
  const extension = /.\.([A-Za-z][\w+]*)$/.exec(name)?.[1];
  return extension !== undefined && (sources.has(extension) || path.includes("/"));
}

const types: Readonly<Record<string, Problem["type"]>> = {
  error: "E",
  "fatal error": "E",
  "internal compiler error": "E",
  "catastrophic error": "E",
  "syntax error": "E",
  "Syntax error": "E",
  "invalid-syntax": "E",
  warning: "W",
  note: "N",
  help: "N",
  remark: "I",
  info: "I",
  style: "I",
};

/** How what a tool says begins, where it says how bad it is. */
const severity =
  /^(?:((?:fatal |internal compiler |catastrophic |[Ss]yntax )?error|warning|note|help|remark|info|style|invalid-syntax)(?=:|\[| [A-Z#]+\d)|([A-Z]{1,4})\d{3,4}\b)/;

/** How bad something is, from the text that says what it is; undefined where that does not say it. */
export function severityOf(text: string): Problem["type"] | undefined {
  const [, word, letters] = severity.exec(text) ?? [];
  if (word !== undefined) return types[word];
  // F401 'os' imported but unused; E999 SyntaxError: invalid syntax; W605 invalid escape sequence
  if (letters !== undefined) return letters === "E" || letters === "F" ? "E" : "W";
  return undefined;
}

/** What a text without a severity must begin with to be an error: of go, of ld. */
const errorWords =
  /^(?:undefined reference to|multiple definition of|(?:declared and not used|undefined|cannot use|syntax error|missing return|imported and not used)\b)/;

interface DiagnosticForm {
  readonly pattern: RegExp;
  readonly read: (groups: readonly string[]) => Clue | undefined;
}

/** A clue with a file, or nothing. */
function clueAt(
  path: string,
  text: string,
  place: readonly (string | undefined)[],
): Clue | undefined {
  const type = severityOf(text) ?? (errorWords.test(text) ? "E" : undefined);
  if (type === undefined || !isFile(path)) return undefined;
  const [line, column, endLine, endColumn] = place.map((digits) => Number(digits) || undefined);
  return {
    type,
    // The list shows what it is already: `error: unknown type name` → `unknown type name`
    text: text.replace(/^(?:fatal )?(?:error|warning|note|info|help)(?:: | )(?=.)/, ""),
    path,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  };
}

const forms: readonly DiagnosticForm[] = [
  {
    // k.c:4:3: error: unknown type name ‘retrun’; m2.py:1:10:1:12: error: Incompatible types; m.py:3:8: E999 SyntaxError
    // vet: ./g.go:2:15: declared and not used: x; ld.c:2: undefined reference to `nope'
    // b.sh: 2: Syntax error: end of file unexpected; b.sh: line 2: syntax error: unexpected end of file
    pattern:
      /^(?:vet: |\/\S*\/ld: )?([^:]+): ?(?:line )?(\d+)(?::(\d+))?(?::(\d+):(\d+))?(?:: | - )(\S.*)$/,
    read: ([path = "", line, column, endLine, endColumn, text = ""]) =>
      clueAt(path, text, [line, column, endLine, endColumn]),
  },
  {
    // t.ts(1,7): error TS2322: Type 'string' is not assignable; k.cu(12): error: identifier "x" is undefined
    pattern: /^([^(:]+)\((\d+)(?:,(\d+))?\): (\S.*)$/,
    read: ([path = "", line, column, text = ""]) => clueAt(path, text, [line, column]),
  },
  {
    // make: *** [Makefile:2: all] Error 1
    pattern: /^make(?:\[\d+\])?: \*\*\* \[([^\]:]+):(\d+): ([^\]]+)\] (Error \d+.*)$/,
    read: ([path = "", line, target = "", text = ""]) =>
      clueAt(path, `error: ${target}: ${text}`, [line]),
  },
  {
    // CMake Error at CMakeLists.txt:5 (find_package):
    pattern: /^CMake (Error|Warning)(?: \(dev\))? at ([^:]+):(\d+) \((\w+)\):$/,
    read: ([type = "", path = "", line, command = ""]) =>
      clueAt(path, `${type.toLowerCase()}: CMake: ${command}`, [line]),
  },
];

/** Reads a line of a compiler, linter, linker or shell that names a place and what is wrong there. */
export function diagnosticOf(text: string): Clue | undefined {
  for (const { pattern, read } of forms) {
    const found = pattern.exec(text);
    const clue = found === null ? undefined : read(found.slice(1));
    if (clue !== undefined) return clue;
  }
  return undefined;
}

/** Reads a warning of Python, e.g. `/workspace/pkg/model.py:21: DeprecationWarning: old() goes away`. */
export function warningOf(text: string): Clue | undefined {
  if (!text.includes("Warning: ")) return undefined;
  // logging.captureWarnings puts the clock before it; a path with spaces is absolute.
  const found = /(?:^| )(\/[^:]+|[^\s:/][^\s:]*\.pyx?):(\d+): (\w*Warning: .*)$/.exec(text);
  const [, path, line, message = ""] = found ?? [];
  return path === undefined ? undefined : { type: "W", text: message, path, line: Number(line) };
}
