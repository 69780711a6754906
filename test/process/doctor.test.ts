import { chmodSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesAbout } from "../support/doctor-lines.ts";
import { aDesk } from "../support/run-igor.ts";
import type { Desk } from "../support/run-igor.ts";

/** What doctor says of this machine, and its exit code. */
async function told(
  desk: Desk,
  env: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Promise<string> {
  const { stdout, exitCode } = await desk.igor(["doctor"], { env });
  return `${linesAbout(stdout, ...names).replaceAll(desk.root, "/home/me/toy")}\nexit code ${String(exitCode)}`;
}

test("a machine that has nothing of what igor needs is told all of it, with what to do", async () => {
  using desk = aDesk({ file: "" });
  const env = {
    PATH: join(desk.root, "bin"),
    TERM: "dumb",
    XDG_STATE_HOME: join(desk.root, "file/state"),
  };
  expect(await told(desk, env, "ssh", "rsync", "git", "state", "terminal")).toMatchInlineSnapshot(`
    "  fail  ssh        ssh is not installed, so no host can be reached
                       → \`sudo apt-get install openssh-client\`, or what your package manager calls it
      warn  rsync      rsync is not installed: large pushes go by tar, whole
                       → install rsync 3.1 or later, e.g. \`brew install rsync\` or \`sudo apt-get install rsync\`
      warn  git        git is not installed, so .gitignore counts for nothing
                       → \`sudo apt-get install git\`; without it list what need not travel in \`.igorignore\`
      fail  state      igor cannot keep its notes on this machine, so no push can begin
                       | /home/me/toy/file/state/igor/projects
                       | ENOTDIR: not a directory, mkdir '/home/me/toy/file/state/igor/projects'
                       → make room, give yourself the right to write there, or name another directory in XDG_STATE_HOME
      warn  terminal   TERM is dumb
                       → nothing can be drawn over: run igor in a terminal, or set TERM, e.g. \`export TERM=xterm-256color\`
    exit code 1"
  `);
});

test("an rsync that igor cannot use is told", async () => {
  using desk = aDesk({
    "bin/rsync": "#!/bin/sh\necho 'rsync  version 2.6.9  protocol version 29'\n",
  });
  chmodSync(join(desk.root, "bin/rsync"), 0o755);
  const path = process.env["PATH"] ?? "";
  const before = (bin: string) => ({ PATH: `${join(desk.root, bin)}:${path}` });
  expect(await told(desk, before("bin"), "rsync")).toMatchInlineSnapshot(`
    "  warn  rsync      rsync 2.6.9 is too old for igor: large pushes go by tar, whole
                       → install rsync 3.1 or later, e.g. \`brew install rsync\` or \`sudo apt-get install rsync\`
    exit code 0"
  `);
  desk.write({ "open/README": "" });
  const openrsync = fileURLToPath(new URL("../support/openrsync.sh", import.meta.url));
  symlinkSync(openrsync, join(desk.root, "open/rsync"));
  expect(await told(desk, before("open"), "rsync")).toMatchInlineSnapshot(`
    "  warn  rsync      openrsync, which lacks what igor needs: large pushes go by tar, whole
                       → install rsync 3.1 or later, e.g. \`brew install rsync\` or \`sudo apt-get install rsync\`
    exit code 0"
  `);
});

test("a configuration that is valid and will not work is told, each thing by itself", async () => {
  const hosts = [{ host: "127.0.0.1", port: 9, dir: "~/igor" }];
  const config = { host_groups: { dev: { hosts } }, docker_rebuild_files: ["req.txt"] };
  using desk = aDesk({ ".igor/config.json": JSON.stringify(config), "a.py": "" });
  expect(await told(desk, {}, "config", "login")).toMatchInlineSnapshot(`
    "  warn  config     there is no Dockerfile: igor docker build and setup will refuse
                       → write it, or name another one in dockerfile
      warn  config     docker_rebuild_files: no file that is pushed matches req.txt: igor docker build and setup will refuse
                       → correct or remove it
      fail  login      nothing accepts ssh connections there (Connection refused)
                       | ssh: connect to host 127.0.0.1 port 9: Connection refused
                       → check that sshd runs, and Port/HostName of \`127.0.0.1\` in your ssh config
    exit code 1"
  `);
});
