import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  igorInTerminal,
  inContainer,
  removeDockerProjects,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { processes, token, until } from "../support/run-session.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

const igorIn =
  (project: TestProject) =>
  async (...words: readonly string[]): Promise<string> =>
    told(await laptop.igor(project, words), project);

describe("a container of a directory that was deleted and pushed anew", () => {
  test("runs no command in the empty one, says why, and is replaced by setup when nothing runs in it", async () => {
    const project = aDockerProject({ "src/code.py": "x = 1\n" });
    const igor = igorIn(project);
    await igor("docker", "setup");
    const mark = token();
    const running = ended(laptop.start(project, ["docker", "exec", "sleep", mark]));
    await until(
      () => processes(mark, { container: containerOf(project) }),
      (found) => found.length > 0,
    );
    await onHost("apollo", ["rm", "-rf", project.hostDir]);
    await igor("push");
    expect(await igor("docker", "exec", "ls")).toMatchInlineSnapshot(`
      "✗ apollo: the container dino-toy-dev still has the project's old directory, which was deleted or moved
        → run \`igor docker setup\`, which replaces it
      exit code 125"
    `);
    using repl = igorInTerminal(laptop, project, ["docker", "repl", "sh"]);
    await repl.shows("code 125");
    expect(repl.screen()).toContain("still has the project's old directory");
    expect(await igor("status")).toMatch(
      /still has the project's old directory.*: igor docker setup replaces it/,
    );
    expect(await igor("doctor")).toContain("still has the project's old directory");
    expect(await igor("docker", "setup")).toMatch(
      new RegExp(`something runs in it[^]*sleep ${mark}`),
    );
    expect(await igor("docker", "ps")).toContain(`sleep ${mark}`);

    expect(await igor("stop")).toMatch(/exit code 0$/);

    expect((await running).exitCode).not.toBe(0);
    expect(await processes(mark, { container: containerOf(project) })).toEqual([]);
    expect((await igor("docker", "setup")).split("\n").slice(-2).join("\n")).toMatchInlineSnapshot(`
      "docker setup toy done on apollo in 1 s: nothing to push (5 files); image up to date; container replaced: the one before still had the project's old directory, which was deleted or moved on apollo
      exit code 0"
    `);
    expect(await inContainer(project, "cat src/code.py")).toBe("x = 1\n");
    expect(await igor("docker", "setup")).toContain("container kept");
  });

  test("is known also where its processes are those of another user", async () => {
    const project = aDockerProject({}, { container_user: "image" });
    const igor = igorIn(project);
    await igor("docker", "setup");
    expect(await igor("docker", "setup")).toContain("container kept");
    await onHost("apollo", ["rm", "-rf", project.hostDir]);
    await igor("push");
    expect(await igor("docker", "exec", "ls")).toContain("still has the project's old directory");
    expect(await igor("docker", "setup")).toContain(
      "the one before still had the project's old directory",
    );
    expect(await igor("docker", "exec", "ls")).toContain("main.py");
  });

  test.each([
    { as: "the user of the host", config: {} },
    { as: "the user of the image", config: { container_user: "image" } },
  ])(
    "that was moved, and copied back, as $as, is not taken for the new one",
    async ({ config }) => {
      const python = "FROM igor-demo/python:3.11\n";
      const project = aDockerProject({ "code.sh": "echo old\n", Dockerfile: python }, config);
      const igor = igorIn(project);
      await igor("docker", "setup");
      expect(await igor("docker", "exec", "sh", "code.sh")).toContain("exit code 0");
      await onHost("apollo", `mv '${project.hostDir}' '${project.hostDir}.old'`);
      await onHost("apollo", `cp -a '${project.hostDir}.old' '${project.hostDir}'`);
      project.write({ "code.sh": "echo new\n" });
      await igor("push");
      expect(await igor("docker", "exec", "sh", "code.sh")).toContain("project's old directory");
      using repl = igorInTerminal(laptop, project, ["docker", "repl", "python3"]);
      await repl.shows("code 125");
      expect(repl.screen()).toContain("project's old directory");
      expect(await igor("status")).toContain("project's old directory");
      expect(await igor("docker", "setup")).toContain("the one before still had");
      const { stdout } = await laptop.igor(project, ["docker", "exec", "sh", "code.sh"]);
      expect(stdout).toBe("new\n");
    },
  );
});
