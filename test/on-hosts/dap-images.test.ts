import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DapClient } from "../support/dap-client.ts";
import { debugpyDockerfile, nothingRuns } from "../support/debug-project.ts";
import { aDockerProject, inContainer, removeDockerProjects } from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";

/** The pip of this machine, as it is set up here. */
const packages = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PIP_|SSL_|REQUESTS_)/.test(name)),
) as Record<string, string>;

const laptop = aLaptop();
afterAll(async () => {
  await removeDockerProjects();
  await laptop.close();
});

const files = {
  "a.py": "import json, os\nx = [1, 2]\nprint(os.getuid(), x)\n",
  // What has the name of a module of Python is none of ours.
  "select.py": "raise ImportError('this is the project')\n",
  "socket.py": "raise ImportError('this is the project')\n",
  "debugpy.py": "raise ImportError('this is the project')\n",
};

/** Launches the program to its breakpoint and its end; what was said. */
async function debugs(
  project: TestProject,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly console: string; readonly stdout: string }> {
  const program = join(project.root, "a.py");
  await using client = new DapClient(laptop, project, { env });
  const { message } = await client.begin(
    { arguments: { program }, breakpoints: { [program]: [3] } },
    120_000,
  );
  expect(message).toBeUndefined();
  const { stack, threadId } = await client.stop();
  expect(await client.locals(stack[0]!)).toMatchObject({ x: "[1, 2]" });
  await client.ask("continue", { threadId });
  await client.event("terminated");
  await client.disconnect();
  await nothingRuns(project);
  return { console: client.said("console"), stdout: client.said("stdout") };
}

describe("a program is debugged", () => {
  test("in a container that is built and begun for it, which the editor shows", async () => {
    const project = aDockerProject({ ...files, Dockerfile: debugpyDockerfile });
    const { console } = await debugs(project);
    expect(console).toMatch(/apollo: building: there was no image on apollo/);
  });

  test("in an image without debugpy, which igor brings once and says so", async () => {
    const project = aDockerProject({ ...files, Dockerfile: "FROM igor-demo/python:3.11\n" });
    const first = await debugs(project, packages);
    expect(first.console).toContain("the image has no debugpy: igor brings it\n");
    expect(first.console).toMatch(
      /debugpy 1\.8\.22 is igor's own: the image has none for Python 3\.11\.\d+\n/,
    );
    const again = await debugs(project);
    expect(again.console).not.toContain("igor brings it");
    expect(again.console).toContain("is igor's own");
    const kept = readdirSync(join(laptop.env["XDG_CACHE_HOME"] ?? "", "igor/wheels"));
    expect(kept).toEqual(["debugpy-1.8.22-py2.py3-none-any.whl"]);
    expect(await inContainer(project, "ls ~/.cache/igor")).toBe("debugpy-1.8.22\n");
  });

  test("in a newer Python without debugpy, from what was brought here before", async () => {
    const project = aDockerProject({ ...files, Dockerfile: "FROM igor-demo/python:3.13\n" });
    const { console } = await debugs(project);
    expect(console).toMatch(/igor brings it\n.*\n?.*Python 3\.13/);
  });

  test("without a network, in a root that is read only, as a user without rights", async () => {
    const project = aDockerProject(
      { ...files, Dockerfile: debugpyDockerfile },
      {
        network: "none",
        docker_args: ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      },
    );
    const { exitCode } = await laptop.igor(project, ["docker", "setup", "--trust"]);
    expect(exitCode).toBe(0);
    expect((await debugs(project)).stdout).toMatch(/^[1-9]\d* \[1, 2\]\n$/);
  });

  test("not with a debugpy that cannot be had, and says why", async () => {
    const project = aDockerProject({ ...files, Dockerfile: "FROM igor-demo/python:3.11\n" });
    const other = aLaptop();
    await using client = new DapClient(other, project, {
      env: { PIP_INDEX_URL: "http://127.0.0.1:9/", PIP_RETRIES: "0" },
    });
    const { message } = await client.begin(
      { arguments: { program: join(project.root, "a.py") } },
      60_000,
    );
    expect(message).toMatch(
      /^✗ apollo: the container has no debugpy, and igor could not bring it\n.*pip download: /,
    );
    await client.ended;
    await nothingRuns(project);
    await other.close();
  });
});
