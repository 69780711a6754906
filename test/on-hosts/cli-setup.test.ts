import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  idOf,
  igorInTerminal,
  inContainer,
  inHostDir,
  reconfigure,
  removeDockerProjects,
  steady,
  told,
  watchCommandLines,
} from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { token } from "../support/run-session.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** Sets up, and gives what igor said; it must end well. */
async function setup(project: TestProject, ...words: readonly string[]): Promise<string> {
  const ran = await laptop.igor(project, ["docker", "setup", ...words]);
  expect(told(ran, project)).toMatch(/exit code 0$/);
  return steady(ran.stdout + ran.stderr, project);
}

/** The last line: what was done and why. */
const sum = (said: string): string => said.trimEnd().split("\n").at(-1) ?? "";

describe("setup", () => {
  const project = aDockerProject({ "pkg/code.py": "x = 1\n" });

  test("builds the image, starts the container, and tells each decision with its reason", async () => {
    expect(await setup(project)).toMatchInlineSnapshot(`
      "apollo: building: there was no image on apollo
      apollo: step 1 of 6: FROM igor-demo/busybox:1
      apollo: step 2 of 6: COPY requirements.txt /
      docker setup toy done on apollo in 1 s: 5 files pushed (1 kB); built: there was no image on apollo; container started: there was none on apollo
      "
    `);
    expect(await inContainer(project, "cat /requirements.txt pkg/code.py; pwd")).toBe(
      "numpy\nx = 1\n/workspace\n",
    );
  });

  test("does nothing the second time, and says so", async () => {
    const before = await idOf(project);
    expect(await setup(project)).toMatchInlineSnapshot(`
      "docker setup toy done on apollo in 1 s: nothing to push (5 files); image up to date; container kept
      "
    `);
    expect(await idOf(project)).toBe(before);
  });

  test("brings a changed file of code into the container that runs, and rebuilds nothing", async () => {
    const before = await idOf(project);
    project.write({ "pkg/code.py": "x = 2\n" });
    expect(await setup(project)).toMatchInlineSnapshot(`
      "docker setup toy done on apollo in 1 s: 1 file pushed (1 kB); image up to date; container kept
      "
    `);
    expect(await inContainer(project, "cat pkg/code.py")).toBe("x = 2\n");
    expect(await idOf(project)).toBe(before);
  });

  test("rebuilds when the requirements changed, and replaces the container by one of the new image", async () => {
    project.write({ "requirements.txt": "numpy\ntorch\n" });
    const said = await setup(project);
    expect(said).toContain("apollo: rebuilding: requirements.txt changed\n");
    expect(sum(said)).toMatchInlineSnapshot(
      `"docker setup toy done on apollo in 1 s: 1 file pushed (1 kB); rebuilt: requirements.txt changed; container replaced: new image"`,
    );
    expect(await inContainer(project, "cat /requirements.txt")).toBe("numpy\ntorch\n");
  });

  test("replaces the container when ports and env changed, naming both", async () => {
    reconfigure(project, { env: { A: "1" }, ports: [7411] });
    expect(sum(await setup(project))).toMatchInlineSnapshot(
      `"docker setup toy done on apollo in 1 s: 1 file pushed (1 kB); image up to date; container replaced: ports, env changed"`,
    );
    expect(await inContainer(project, "echo $A")).toBe("1\n");
    expect(await inHostDir(project, `docker port ${containerOf(project)}`)).toBe(
      "7411/tcp -> 127.0.0.1:7411\n",
    );
  });

  test("keeps what is in the home of the container, and its files are dino's", async () => {
    await inContainer(
      project,
      "echo kept >~/note; mkdir -p ~/.cache/pip; touch ~/.cache/pip/wheel made",
    );
    reconfigure(project, { env: { A: "2" } });
    expect(await setup(project)).toContain("container replaced: env changed");
    expect(await inContainer(project, "cat ~/note; ls ~/.cache/pip; touch again")).toBe(
      "kept\nwheel\n",
    );
    expect(await inHostDir(project, "stat -c '%U %n' made again .igor/host/home/note")).toBe(
      "dino made\ndino again\ndino .igor/host/home/note\n",
    );
  });

  test("builds from any directory of the project", async () => {
    const ran = await laptop.igor({ root: join(project.root, "pkg") }, ["docker", "build"]);
    expect(told(ran, project)).toMatchInlineSnapshot(`
      "docker build toy done on apollo in 1 s: nothing to push (5 files); image up to date
      exit code 0"
    `);
  });

  test("refuses a container of that name that is not its own, and leaves it alone", async () => {
    const other = aDockerProject();
    await onHost(
      "apollo",
      `docker create --name ${containerOf(other)} --label igor.owner=kim igor-demo/busybox:1 sh`,
    );
    const ran = await laptop.igor(other, ["docker", "setup"]);
    expect(told(ran, other)).toMatchInlineSnapshot(`
      "✗ apollo: there is a container named dino-toy-dev that igor did not make for this project (kim); it is left alone
        apollo, container dino-toy-dev
        → remove or rename it if it is yours, or set another \`user\` or \`project\` in .igor/config.json
      docker setup toy failed on apollo after 1 s: there is a container named dino-toy-dev that igor did not make for this project (kim); it is left alone
      exit code 1"
    `);
    const { stdout } = await onHost(
      "apollo",
      `docker inspect -f '{{.State.Status}}' ${containerOf(other)}`,
    );
    expect(stdout).toBe("created\n");
  });
});

test("a file that becomes executable rebuilds the image it is copied to", async () => {
  const project = aDockerProject({ Dockerfile: "FROM igor-demo/busybox:1\nCOPY run.sh /\n" });
  project.write({ "run.sh": "#!/bin/sh\necho runs\n" });
  await setup(project);
  chmodSync(join(project.root, "run.sh"), 0o755);
  expect(sum(await setup(project))).toContain("rebuilt: run.sh changed");
  expect(await inContainer(project, "/run.sh")).toBe("runs\n");
});

test("the first setup builds from more files than a frame names", async () => {
  const many = Array.from({ length: 2100 }, (_, index) => [
    `src/part-of-it/${"x".repeat(40)}${String(index)}`,
    "",
  ]);
  const project = aDockerProject({
    ...(Object.fromEntries(many) as Record<string, string>),
    Dockerfile: "FROM igor-demo/busybox:1\nCOPY src /src\nRUN ls /src/part-of-it | wc -l >/count\n",
  });
  await setup(project);
  expect(await inContainer(project, "cat /count")).toBe("2100\n");
});

describe("setup --plan", () => {
  test("says what would be done, and touches nothing: no connection, no state, no change on the host", async () => {
    const untouched = aLaptop();
    const project = aDockerProject({}, { env: { TOKEN: "s3cret" }, build_args: { KEY: "s3carg" } });
    const bin = join(project.root, "../bin");
    mkdirSync(bin);
    // Only the question what the configuration says is no connection.
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/sh\n[ "$1" = -G ] || echo "$*" >>"${bin}/calls"\nPATH=\${PATH#*:}; exec ssh "$@"\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${bin}:${untouched.env["PATH"] ?? ""}` };
    const snapshot = "find /home/dino | sort; docker ps -aq | sort; docker images -q | sort";
    const before = await onHost("apollo", snapshot);
    const ran = await untouched.igor(project, ["docker", "setup", "--plan"], { env });
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain("docker setup");
    expect(ran.stdout).toContain("on apollo; nothing was touched");
    expect(ran.stdout).toContain("+ requirements.txt");
    expect(ran.stdout).toContain("TOKEN=…");
    const asJson = await untouched.igor(project, ["docker", "setup", "--plan", "--json"], { env });
    expect(asJson.exitCode).toBe(0);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      version: 1,
      lanes: [{ host: { host: "apollo" } }],
    });
    expect(ran.stdout + asJson.stdout).not.toMatch(/s3cret|s3carg/);
    expect(await onHost("apollo", snapshot)).toEqual(before);
    expect(existsSync(join(bin, "calls"))).toBe(false);
    expect(existsSync(untouched.env["XDG_STATE_HOME"] ?? "")).toBe(false);
  });

  test.each([["exec", "ls", "a b"], ["repl"], ["clean"], ["build"]])(
    "docker %s names its host",
    async (...words) => {
      const project = aDockerProject();
      const ran = await laptop.igor(project, ["docker", words[0], "--plan", ...words.slice(1)]);
      expect(ran.stdout).toMatch(/^docker \w+ p\w+ on apollo; nothing was touched\n/);
    },
  );
});

test("no value of env or build_args is told, or stands on a command line here or there", async () => {
  const secrets = [`secret${token()}`, `argument${token()}`] as const;
  const project = aDockerProject(
    { Dockerfile: "FROM igor-demo/busybox:1\nARG KEY\nRUN sleep 1; echo ${#KEY} >/key\n" },
    { env: { TOKEN: secrets[0] }, build_args: { KEY: secrets[1] } },
  );
  const watch = watchCommandLines(secrets);
  const { stdout, stderr, exitCode } = await laptop.igor(project, ["docker", "setup", "--json"]);
  const verbose = await laptop.igor(project, ["docker", "setup", "--verbose"]);
  expect(await watch.stop()).toEqual([]);
  expect(`${String(exitCode)} ${stderr}`).toBe("0 ");
  for (const secret of secrets) {
    expect(stdout + stderr + verbose.stdout + verbose.stderr).not.toContain(secret);
  }
  expect(await inContainer(project, "echo $TOKEN; cat /key")).toBe(
    `${secrets[0]}\n${String(secrets[1].length)}\n`,
  );
  expect(
    await inHostDir(project, `grep -rl -e ${secrets[0]} -e ${secrets[1]} .igor/host || true`),
  ).toBe("");
});

describe("a container in use", () => {
  const project = aDockerProject();
  const mark = token();
  beforeAll(async () => {
    await setup(project);
    await onHost("apollo", ["docker", "exec", "-d", containerOf(project), "sleep", mark]);
    reconfigure(project, { env: { A: "1" } });
  });

  test("is not replaced: igor lists what runs in it and names --replace", async () => {
    const before = await idOf(project);
    const ran = await laptop.igor(project, ["docker", "setup"]);
    expect(told(ran, project).replaceAll(mark, "1000")).toMatchInlineSnapshot(`
      "✗ apollo: the container would be replaced, but something runs in it
        apollo, container dino-toy-dev
        | 1 sleep 1000
        → end what runs there; or \`igor docker setup --replace\` ends it and replaces the container
      docker setup toy failed on apollo after 1 s: the container would be replaced, but something runs in it
      exit code 1"
    `);
    expect(await idOf(project)).toBe(before);
  });

  test("stays when only code changed", async () => {
    const before = await idOf(project);
    reconfigure(project, { env: {} });
    project.write({ "main.py": "print(2)\n" });
    expect(await setup(project)).toContain("container kept");
    expect(await idOf(project)).toBe(before);
    reconfigure(project, { env: { A: "1" } });
  });

  test("is a question at a terminal, and no leaves it", async () => {
    const before = await idOf(project);
    for (const answer of [["n", "Enter"], ["Enter"], ["C-c"]]) {
      using terminal = igorInTerminal(laptop, project, ["docker", "setup"]);
      const asked = await terminal.shows("[y/N]");
      expect(asked.replaceAll("\n", "")).toContain(`sleep ${mark}`);
      terminal.keys(...answer);
      await terminal.shows(answer[0] === "C-c" ? "code 130" : "code 1");
      await terminal.shows("restored");
    }
    expect(await idOf(project)).toBe(before);
  });

  test("is replaced after yes at a terminal", async () => {
    using terminal = igorInTerminal(laptop, project, ["docker", "setup"]);
    await terminal.shows("[y/N]");
    terminal.keys("y", "Enter");
    await terminal.shows("code 0");
    expect(terminal.screen().replaceAll("\n", "")).toContain("container replaced: env changed");
    expect(await inContainer(project, "echo $A")).toBe("1\n");
    await onHost("apollo", ["docker", "exec", "-d", containerOf(project), "sleep", mark]);
    reconfigure(project, { env: { A: "2" } });
  });

  test("is replaced with --replace", async () => {
    expect(sum(await setup(project, "--replace"))).toContain("container replaced: env changed");
    expect(await inContainer(project, "echo $A")).toBe("2\n");
  });
});
