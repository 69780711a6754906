import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { plainLogin } from "../remote/boot.ts";
import type { LoginShell } from "../remote/boot.ts";
import { parseSettings, settingsArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { runToEnd } from "./spawn.ts";

/** Longer paths of a socket are refused by ssh: 104 bytes on macOS, less the 18 that ssh appends for itself. */
const longestControlPath = 86;

/**
 * How to reach a host: the user's own ssh configuration says (`ssh -G`), and whether it shares connections by itself.
 * No network is touched.
 */
export async function findConnection(host: Host): Promise<Result<Connection>> {
  const asked = await runToEnd(settingsArgv(host));
  if (asked.missing) {
    return fail({
      reason: "not-installed",
      program: "ssh",
      where: "laptop",
      host: host.host,
      lastWords: [],
    });
  }
  if (asked.exitCode !== 0) {
    return fail({
      reason: "ssh-misconfigured",
      cause: "option",
      host: host.host,
      lastWords: lastLines(asked.stderr),
    });
  }
  const text = asked.stdout.toString("utf8");
  const settings = parseSettings(text);
  const name = createHash("sha256").update(`${host.host}\n${text}`).digest("hex").slice(0, 16);
  const directory = controlDirectory(name.length + 1);
  const note = directory.ok ? join(directory.value, `${name}.login`) : undefined;
  const login = note === undefined ? plainLogin : notedLogin(note);
  const known = { host, settings, note, login };
  if (settings.multiplexes) return ok({ ...known, controlPath: undefined });
  return directory.ok ? ok({ ...known, controlPath: join(directory.value, name) }) : directory;
}

/** Notes what is special about a login shell, for the sessions that are opened before it is known. */
export function noteLogin({ note, login }: Connection, found: LoginShell): void {
  const isKnown = login.isRestricted === found.isRestricted && login.prints === found.prints;
  if (isKnown || note === undefined) return;
  try {
    const words = [found.isRestricted ? "restricted" : "", found.prints ? "prints" : ""];
    if (found.isRestricted || found.prints) writeFileSync(note, words.join(" "));
    else rmSync(note, { force: true });
  } catch {
    // It is found out again.
  }
}

function notedLogin(note: string): LoginShell {
  try {
    const words = readFileSync(note, "utf8").split(" ");
    return { isRestricted: words.includes("restricted"), prints: words.includes("prints") };
  } catch {
    // Most login shells have nothing special.
    return plainLogin;
  }
}

/** The last lines of a tool's words, for a failure. */
export function lastLines(text: string, count = 20): readonly string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-count);
}

/** A private directory whose sockets have paths that are short enough. */
function controlDirectory(nameBytes: number): Result<string> {
  const own = `igor-${String(process.getuid?.())}`;
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const places = [
    ...(runtime === undefined || runtime === "" ? [] : [join(runtime, "igor")]),
    join(homedir(), ".cache", "igor", "s"),
    join(tmpdir(), own),
    join("/tmp", own),
  ];
  for (const place of places) {
    if (Buffer.byteLength(place) + nameBytes <= longestControlPath && isPrivate(place))
      return ok(place);
  }
  return fail({ reason: "no-socket-directory", places });
}

/** Makes the directory when it is missing; false when it cannot be ours alone. */
function isPrivate(place: string): boolean {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    const found = lstatSync(place);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    if ((found.mode & 0o077) !== 0) chmodSync(place, 0o700);
    return true;
  } catch {
    // Read-only or missing home: the next place is tried.
    return false;
  }
}
