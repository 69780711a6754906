import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sessionPrograms, startedPrograms } from "../../src/remote/exec-parts.ts";
import containerRun from "../../src/remote/programs/container-run.sh";
import sayPart from "../../src/remote/programs/say.sh";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalRun, LocalShell } from "../support/local-shells.ts";

/** Somebody else on the host. */
const mallory = 1001;

let place = "";
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "igor-s-")));
  mkdirSync(join(place, "home/p/.igor/host/home"), { recursive: true });
  mkdirSync(join(place, "tmp"));
  chmodSync(join(place, "tmp"), 0o1777);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));
const at = (...parts: readonly string[]) => join(place, ...parts);
const mine = () => at("tmp/igor-session.s1");
const shared = () => at("home/p/.igor/host/home/.igor-sessions/s1");

const programs = {
  ...sessionPrograms,
  kill: startedPrograms.kill,
} as const;

/** Runs a program of a session; there is no engine, or one that says yes to everything, unless a stand-in is given. */
function run(
  shell: LocalShell,
  program: keyof typeof programs,
  { begin = "", engine = "no-such-engine", bin = "" } = {},
): LocalRun {
  return runLocally(shell, {
    parts: [`set -- TERM\n${begin}`, ...programs[program]],
    inputs: {
      in_session: "s1",
      in_root: at("home/p"),
      in_engine: program === "kill" ? "true" : engine,
      in_container: "c",
      in_directory: "/workspace",
      in_workspace: "/workspace",
      in_signal: "TERM",
      in_grace: "0",
      in_kill: "",
      in_end: "",
      in_first: "",
      in_tty: "",
      in_words: "true",
      in_wrapper: "",
      in_lease: "0",
      in_drop: "",
    },
    cwd: at("home"),
    env: { TMPDIR: at("tmp"), ...(bin === "" ? {} : { PATH: `${bin}:${shell.path}` }) },
  });
}

describe.each(localShells)("the directory of a session on the host, in $name,", (shell) => {
  test("is made for its owner alone", () => {
    run(shell, "release");
    expect(statSync(mine()).mode & 0o777).toBe(0o700);
    expect(run(shell, "exec").exitCode).toBe(125);
    expect(readFileSync(join(mine(), "outcome"), "utf8")).toBe("engine-unavailable missing\n");
  });

  test("says how the command ended also when nobody reads its stderr any more", () => {
    const engine = at("engine");
    const says = `: >'${shared()}/leader'; echo said >&2; exit 3`;
    writeFileSync(engine, `#!/bin/sh\n[ "$1" != exec ] || { ${says}; }\n`, { mode: 0o755 });
    expect(run(shell, "exec", { engine, begin: "exec 2>/dev/full\n" }).exitCode).toBe(3);
    expect(readFileSync(join(mine(), "outcome"), "utf8")).toBe("rc 3\n");
  });

  test("may go while the end of the session begins, because igor has heard of it, which goes on", () => {
    mkdirSync(at("bin"));
    mkdirSync(mine());
    writeFileSync(join(mine(), "outcome"), "rc 0\n");
    mkdirSync(shared(), { recursive: true });
    const goes = `[ -e '${at("gone")}' ] || { : >'${at("gone")}'; rm -r '${mine()}'; }`;
    writeFileSync(at("bin/stat"), `#!/bin/sh\n${goes}\nexec /usr/bin/stat "$@"\n`, { mode: 0o755 });
    expect(run(shell, "kill", { bin: at("bin") })).toMatchObject({ exitCode: 0, stderr: "" });
    expect(existsSync(mine())).toBe(false);
  });

  test("is not used when another user made it first", () => {
    mkdirSync(mine(), { mode: 0o777 });
    chmodSync(mine(), 0o777);
    symlinkSync(at("home/precious"), join(mine(), "pid"));
    writeFileSync(join(mine(), "outcome"), "rc 0\n");
    chownSync(mine(), mallory, mallory);
    for (const program of ["exec", "guard", "kill", "release"] as const) run(shell, program);
    expect(run(shell, "exec").stderr).toContain("belongs to another user of this host");
    expect(run(shell, "outcome").stdout).toBe("unknown\n");
    expect(readdirSync(mine()).sort()).toEqual(["outcome", "pid"]);
    expect(existsSync(at("home/precious"))).toBe(false);
  });

  test("stays when an attempt was given up that may still arrive, and is refused then", () => {
    const ended = (): void => {
      writeFileSync(join(mine(), "pid"), "1\n");
      writeFileSync(join(mine(), "outcome"), "rc 0\n");
      run(shell, "kill");
    };
    expect(run(shell, "outcome").stdout).toBe("unknown\n");
    ended();
    expect(run(shell, "exec")).toMatchObject({ exitCode: 125, stdout: "", stderr: "" });
    expect(readdirSync(mine()).sort()).toEqual(["again", "outcome", "pid", "stop"]);
    rmSync(join(mine(), "again"));
    ended();
    expect(existsSync(mine())).toBe(false);
  });

  test("is not used when it is a link, even to a directory of one's own", () => {
    mkdirSync(at("home/precious"));
    symlinkSync(at("home/precious"), mine());
    for (const program of ["exec", "guard", "kill", "release"] as const) run(shell, program);
    expect(readdirSync(at("home/precious"))).toEqual([]);
  });

  test("that the container sees leads to no file of the host", () => {
    writeFileSync(at("home/precious"), "mine\n");
    mkdirSync(shared(), { recursive: true });
    symlinkSync(at("home/precious"), join(shared(), "stop"));
    run(shell, "kill");
    expect(readFileSync(at("home/precious"), "utf8")).toBe("mine\n");
  });

  test("is not mounted when something in the container made the one above it a link", () => {
    mkdirSync(at("home/precious"));
    symlinkSync(at("home/precious"), at("home/p/.igor/host/home/.igor-sessions"));
    const names =
      "engine container container_user owner project group workspace image image_hash config_hash";
    const ran = runLocally(shell, {
      parts: [sayPart, `root='${at("home/p")}'`, containerRun, "check_mounts"],
      inputs: Object.fromEntries(names.split(" ").map((name) => [`in_${name}`, "x"])),
      cwd: at("home"),
    });
    const word = Buffer.from(".igor/host/home/.igor-sessions").toString("base64");
    expect(ran).toMatchObject({ exitCode: 1, events: [`failed symlink-in-the-way ${word}`] });
  });
});
