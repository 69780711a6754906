import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

/** Gives tests the remote programs as text, like esbuild's text loader gives them to the bundle. */
const remoteProgramsAsText = {
  name: "remote-programs-as-text",
  enforce: "pre" as const,
  async load(id: string) {
    if (!/\/src\/.*\.(sh|py)$/.test(id)) return null;
    return `export default ${JSON.stringify(await readFile(id, "utf8"))};`;
  },
};

const minutes = (count: number) => count * 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [remoteProgramsAsText],
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: ["test/process/**", "test/on-hosts/**", "test/hosts/**"],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [remoteProgramsAsText],
        test: {
          name: "process",
          include: ["test/process/**/*.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        plugins: [remoteProgramsAsText],
        test: {
          name: "hosts",
          include: ["test/on-hosts/**/*.test.ts"],
          globalSetup: ["test/hosts/global-setup.ts"],
          fileParallelism: false,
          testTimeout: minutes(3),
          hookTimeout: minutes(10),
        },
      },
    ],
  },
});
