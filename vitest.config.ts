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

const setupFiles = ["test/support/after-file.ts"];

const minutes = (count: number) => count * 60_000;

const onHostsFiles = (...names: readonly string[]): string[] =>
  names.map((name) => `test/on-hosts/${name}.test.ts`);

/** Tests of the way to a host and of what travels on it. */
const aboutLinks = onHostsFiles("push*", "pull*", "link-*", "round-trips*");

/** Tests of Neovim, of what it keeps open, and of the debug adapter. */
const aboutEditors = ["test/nvim/**/*.test.ts", ...onHostsFiles("dap*", "workbench*")];

/** Tests of how an image and a container are made, and of what stays in one. */
const aboutContainers = onHostsFiles(
  "build",
  "clean",
  "cli-faults",
  "cli-job",
  "cli-setup",
  "container",
  "job",
  "other-directory",
  "podman",
  "repl*",
  "setup",
);

/** Tests on hosts: one file after another on a bed of their own, so that such projects can run side by side. */
const onHosts = (
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
) => ({
  plugins: [remoteProgramsAsText],
  test: {
    name,
    ...files,
    setupFiles,
    globalSetup: ["test/hosts/global-setup.ts"],
    fileParallelism: false,
    testTimeout: minutes(3),
    hookTimeout: minutes(10),
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [remoteProgramsAsText],
        test: {
          name: "pure",
          setupFiles,
          include: ["test/**/*.test.ts"],
          exclude: ["test/process/**", "test/on-hosts/**", "test/hosts/**", "test/nvim/**"],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [remoteProgramsAsText],
        test: {
          name: "process",
          setupFiles,
          include: ["test/process/**/*.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      onHosts("hosts", {
        include: ["test/on-hosts/**/*.test.ts"],
        exclude: [...aboutLinks, ...aboutContainers, ...aboutEditors],
      }),
      onHosts("nvim", { include: aboutEditors }),
      onHosts("links", { include: aboutLinks }),
      onHosts("containers", { include: aboutContainers }),
    ],
  },
});
