import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startedPrograms } from "../../src/remote/exec-parts.ts";
import { compact } from "../../src/remote/programs.ts";
import { token } from "../support/run-session.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

// Run as root, whom another user could mislead.
test.each([
  ["is ended where it says", "our own directory", "true", { ended: true, left: false }],
  ["is nobody's whom it names", "another user's", 'chown -R 1 "$0"', { ended: false, left: true }],
  [
    "is not followed",
    "a link",
    'mv "$0" "${0%/*}/aside" && ln -s aside "$0"',
    { ended: false, left: true },
  ],
])("a REPL that is kept %s in %s", async (_, __, script, seen) => {
  const root = temporaryDirectory("igor-end-");
  const base = join(root, "igor-repl.0");
  const kept = join(base, "key.id");
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const named = spawn("sleep", [token()], { stdio: "ignore", detached: true });
  const pid = String(named.pid);
  const born = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[21] ?? "";
  writeFileSync(join(kept, "leader"), `${pid} ${born}\n`);
  try {
    expect(spawnSync("sh", ["-c", script, base]).status).toBe(0);
    const end = startedPrograms.end
      .map(compact)
      .join("")
      .replaceAll("/tmp/igor-repl", base.slice(0, -2));
    const words = ["-c", end, "igor-end", "id", join(root, "none"), "TERM", "1"];
    spawnSync("/bin/sh", words);
    if (seen.ended) await until("it to end", () => named.signalCode !== null);
    expect({ ended: named.signalCode !== null, left: existsSync(kept) }).toEqual(seen);
  } finally {
    named.kill("SIGKILL");
  }
});
