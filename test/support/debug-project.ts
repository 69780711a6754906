import { join } from "node:path";
import { onHost } from "../hosts/bed.ts";
import { DapClient } from "./dap-client.ts";
import type { Beginning } from "./dap-client.ts";
import { containerOf } from "./docker-project.ts";
import { aProject } from "./laptop.ts";
import type { Files, Laptop, TestProject } from "./laptop.ts";
import { until } from "./until.ts";

/** An image with debugpy, in a second: pip would take five. */
export const debugpyDockerfile = `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/debugpy-*.whl /usr/lib/python3/dist-packages
`;

/** A project whose programs can be debugged. */
export function aDebugProject(
  files: Files,
  config: Readonly<Record<string, unknown>> = {},
): TestProject {
  const image = { Dockerfile: debugpyDockerfile };
  return aProject({ ...image, ...files }, { docker_rebuild_files: [], ...config });
}

/** A session that has stopped at the first of its breakpoints. */
export async function stoppedAt(
  laptop: Laptop,
  project: TestProject,
  { file, line, ...more }: { readonly file: string; readonly line: number } & Partial<Beginning>,
): Promise<DapClient> {
  const program = join(project.root, file);
  const client = new DapClient(laptop, project);
  await client.begin({
    arguments: { program, ...more.arguments },
    breakpoints: { [program]: [line], ...more.breakpoints },
  });
  return client;
}

/** What runs in the container of a project but what it began with: the words of each process. */
async function running(project: TestProject): Promise<readonly string[]> {
  const { stdout } = await onHost("apollo", [
    "docker",
    "top",
    containerOf(project),
    "-o",
    "pid,args",
  ]);
  return stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().replace(/^\d+ +/, ""))
    .filter((words) => !/docker-init|tini|sleep \d+$|^\/bin\/sh -c trap|^sh -c trap/.test(words));
}

/** Waits until nothing runs there any more. */
export async function nothingRuns(project: TestProject, withinMs = 30_000): Promise<void> {
  let last: readonly string[] = [];
  try {
    await until(
      "nothing to run",
      async () => (last = await running(project)).length === 0,
      withinMs,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${last.join("\n")}`, { cause: error });
  }
}
