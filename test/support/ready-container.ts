import { afterAll, beforeAll } from "vitest";
import type { Laptop, TestProject } from "./laptop.ts";

/** The container of a project for the tests of a file; it goes after them, with its image and the laptop. */
export function readyContainer(laptop: Laptop, project: TestProject): void {
  beforeAll(async () => {
    const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup"]);
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await laptop.igor(project, ["docker", "clean", "--images"]);
    await laptop.close();
  });
}
