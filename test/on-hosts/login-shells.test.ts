import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  execWithBytes,
  removeDockerProjects,
  says,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { loginShells, loginUser, makeLoginUsers, withHomeFile } from "../support/login-shells.ts";
import { until } from "../support/until.ts";

const laptops: Laptop[] = [];
beforeAll(makeLoginUsers);
afterAll(async () => {
  await Promise.all(laptops.map((laptop) => laptop.close()));
  await removeDockerProjects();
});

interface Desk {
  readonly laptop: Laptop;
  readonly project: TestProject;
}

function aDesk(name: string, sshConfig = ""): Desk {
  const laptop = aLaptop({ sshConfig });
  laptops.push(laptop);
  const hosts = [{ host: "apollo", dir: "~/igor's $HOME" }];
  const config = { user: loginUser(name), host_groups: { dev: { hosts } }, outputs: ["runs"] };
  return { laptop, project: aDockerProject({}, { ...config, gpus: "none" }) };
}

async function expectSetUp({ laptop, project }: Desk): Promise<void> {
  const ran = await laptop.igor(project, ["docker", "setup"]);
  expect(told(ran, project)).toMatch(
    /^(?:apollo: .*\n)+docker setup toy done .*container started: there was none on apollo\nexit code 0$/,
  );
}

/** What needs quotes in one shell or another. */
const words = [
  ...["a  b", "", "it's", '"q"', "$HOME `id` $(id)", "*", "line\nbreak", "--json", "\\n", "ü漢"],
  ...["!hist", "{a,b}", "~", "%s", "^x", "#"],
];

/** Words, both streams and the exit code of a command come through, and then a file that it has written. */
async function expectExact({ laptop, project }: Desk): Promise<void> {
  const bytes = randomBytes(300_000);
  const script = 'printf "<%s>" "$@" >&2; mkdir -p runs; tee "runs/a \\$x"; exit 7';
  const there = { laptop, project };
  const made = await execWithBytes(there, ["sh", "-c", script, "sh", ...words], bytes);
  expect(made.stderr).toBe(words.map((word) => `<${word}>`).join(""));
  expect(made.stdout.equals(bytes)).toBe(true);
  expect(made.exitCode).toBe(7);
  const ran = await laptop.igor(project, ["pull"]);
  expect(told(ran, project)).toMatch(/pull toy done .*: 1 file pulled \(1 kB\)\nexit code 0$/);
  expect(readFileSync(join(project.root, "runs", "a $x")).equals(bytes)).toBe(true);
}

/** A command that runs is seen, and stopped. */
async function expectStopped({ laptop, project }: Desk): Promise<void> {
  const script = "echo ready; while :; do sleep 1; done";
  const child = laptop.start(project, ["docker", "exec", "sh", "-c", script]);
  child.stdin?.end();
  const end = ended(child);
  await says(child, "ready");
  expect((await laptop.igor(project, ["docker", "ps"])).stdout).toContain(script);
  const stopped = await laptop.igor(project, ["stop"]);
  expect(told(stopped, project)).toMatch(/: stopped sh -c echo ready; while .*\nexit code 0$/);
  expect(await end).toMatchObject({ exitCode: 143, stdout: "ready\n", stderr: "" });
}

const shared = "Host *\n  ControlMaster auto\n  ControlPath ~/cm-%C\n  ControlPersist 60\nHost *";

test.concurrent.each(loginShells)(
  "with the login shell $name everything works, also while its startup file prints",
  async ({ name, startup: file }) => {
    // One of them over a connection that the user's own configuration shares.
    const desk = aDesk(name, name === "tcsh" ? shared : "");
    if (file !== undefined) {
      // With and without an end of line.
      const text =
        "echo 'Welcome to apollo!'\nsh -c 'echo beware >&2'\nprintf 'last login: never'\n";
      await withHomeFile({ name, file, text }, async () => {
        await expectSetUp(desk);
        await expectExact(desk);
      });
    } else await expectSetUp(desk);
    await expectExact(desk);
    await expectStopped(desk);
    const left = `find /tmp -maxdepth 1 -user ${loginUser(name)}`;
    await until("nothing to be left", async () => (await onHost("apollo", left)).stdout === "");
  },
);

test("a restricted login shell of which nothing is noted runs a command once all the same", async () => {
  const { laptop, project } = aDesk("rbash");
  await expectSetUp({ laptop, project });
  const notes = join(laptop.env["HOME"] ?? "", ".cache/igor/s");
  const [note = ""] = readdirSync(notes).filter((name) => name.endsWith(".login"));
  rmSync(join(notes, note));
  const ran = await laptop.igor(project, ["docker", "exec", "sh", "-c", "echo ran; exit 7"]);
  expect(ran).toMatchObject({ exitCode: 7, stdout: "ran\n" });
});
