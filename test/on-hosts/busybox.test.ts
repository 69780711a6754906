import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedDown, onHost } from "../hosts/bed.ts";
import { busyboxUp } from "../support/busybox-host.ts";
import { eventsOf, igorInTerminal, says } from "../support/docker-project.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { Files, IgorResult, TestProject } from "../support/laptop.ts";
import { endedByNow, sessionsIn, token, until } from "../support/run-session.ts";

const laptop = aLaptop();

beforeAll(() => busyboxUp("tiny"), 60_000);
afterAll(async () => {
  await laptop.close();
  await bedDown(["tiny"]);
});

const directory = "/home/dino/igor tests";
const dockerfile = "FROM igor-demo/busybox:1\nCOPY requirements.txt /\n";

/** A project on a host that has busybox and docker, and nothing else. */
function aTinyProject(files: Files): TestProject {
  const hosts = [{ host: "tiny", dir: directory }];
  return aProject(files, { user: "dino", repl_cmd: "sh", host_groups: { dev: { hosts } } });
}

const igor = (project: TestProject, ...words: string[]): Promise<IgorResult> =>
  laptop.igor(project, words);

async function expectPushed(project: TestProject): Promise<string> {
  const { exitCode, stderr } = await igor(project, "push");
  if (exitCode !== 0) throw new Error(stderr);
  expect(await digestsOnHost("tiny", project.hostDir)).toEqual(digestsHere(project.root));
  return stderr;
}

const sh = async (text: string): Promise<string> =>
  (await onHost("tiny", text, { user: "dino" })).stdout;

describe("a host with busybox and no other program", () => {
  test("gets files whole, with names, links and modes, and keeps aside what is not igor's", async () => {
    const project = aTinyProject({ "a b/ü'\n.py": "1\n", link: { to: "a b" }, "run.sh": "echo\n" });
    chmodSync(join(project.root, "run.sh"), 0o775);
    await expectPushed(project);
    project.write({ "new/x": "2\n", "run.sh": "2\n" });
    project.remove("link");
    await expectPushed(project);
    await sh(`cd '${project.hostDir}' && echo theirs >new/x && mkdir out && echo log >out/log`);
    project.write({ "new/x": "3\n" });
    expect((await igor(project, "push")).stderr).toContain("kept aside 1 file");
    expect(
      await sh(`cd '${project.hostDir}' && cat new/x out/log .igor/host/conflicts/*/new/x`),
    ).toBe("3\nlog\ntheirs\n");
  });

  test("gets many files by tar, the first time and later", async () => {
    const many = (text: string): Files =>
      Object.fromEntries(
        Array.from({ length: 1100 }, (_, index) => [
          `d${String(index % 7)}/f${String(index)}`,
          text,
        ]),
      );
    const project = aTinyProject(many("too much for one frame".repeat(200)));
    chmodSync(join(project.root, "d0/f0"), 0o664);
    await expectPushed(project);
    expect(await sh(`cd '${project.hostDir}' && stat -c %a d0 .igor/host`)).toBe("755\n700\n");
    project.write(many("23\n"));
    await expectPushed(project);
  });

  test("has its container set up, used, replaced and removed", async () => {
    const project = aTinyProject({ Dockerfile: dockerfile, "requirements.txt": "1\n" });
    const { exitCode, stdout, stderr } = await igor(project, "docker", "setup");
    expect(`${String(exitCode)} ${stdout}${stderr}`).toMatch(/^0 [^]*container started/);
    const inside = await igor(project, "docker", "exec", "sh", "-c", "id -u; touch made; exit 5");
    expect([inside.exitCode, inside.stdout]).toEqual([5, "1000\n"]);
    expect(await sh(`stat -c %U '${project.hostDir}/made'`)).toBe("dino\n");
    using terminal = igorInTerminal(laptop, project, ["docker", "repl"]);
    await terminal.shows("/workspace $");
    terminal.type("exit 3\r");
    await terminal.shows("code 3");
    project.write({ "requirements.txt": "2\n" });
    expect((await igor(project, "docker", "setup")).stderr).toContain(
      "container replaced: new image",
    );
    expect((await igor(project, "docker", "clean", "--images")).stderr).toMatch(/removed image/);
  });

  test("is left with nothing that runs when igor is killed, and when a build is cancelled", async () => {
    const project = aTinyProject({ Dockerfile: dockerfile, "requirements.txt": "1\n" });
    await igor(project, "docker", "setup");
    const mark = token();
    const words = ["sh", "-c", `echo begun; env -i sleep ${mark} & sleep ${mark}`];
    const child = laptop.start(project, ["docker", "exec", ...words]);
    const end = ended(child);
    await says(child, "begun");
    await until(
      () => sh("ls /srv/busybox/tmp/igor-session.*"),
      (seen) => seen.includes("guarded"),
    );
    child.kill("SIGKILL");
    await end;
    const left = `pgrep -af 'sleep ${mark}|igor-sessio[n]' | grep -v pgrep; ${sessionsIn("/srv/busybox/tmp")}`;
    await until(
      () => sh(left),
      (seen) => !/sleep|igor-session/.test(seen),
      endedByNow,
    );
    project.write({ Dockerfile: `${dockerfile}RUN echo begun; sleep ${mark}\n` });
    const build = laptop.start(project, ["docker", "build", "--json"]);
    const buildEnd = ended(build);
    await says(build, '"line":"begun"');
    build.kill("SIGINT");
    const { exitCode, stdout } = await buildEnd;
    expect(exitCode).toBe(130);
    expect(eventsOf(stdout).at(-2)).toMatchObject({ failure: { reason: "cancelled" } });
    await until(
      () => sh(left),
      (seen) => !seen.includes("sleep"),
    );
    await igor(project, "docker", "clean", "--images");
  });
});
