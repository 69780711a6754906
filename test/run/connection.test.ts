import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findConnection } from "../../src/run/connection.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-c-"));
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin", "ssh"), "#!/bin/sh\necho user dino\n", { mode: 0o755 });
  vi.stubEnv("PATH", `${join(root, "bin")}:/usr/bin:/bin`);
  vi.stubEnv("XDG_RUNTIME_DIR", join(root, "run"));
  vi.stubEnv("HOME", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** Where the shared connection to a host would be, below `root`. */
const controlDirectory = async (): Promise<string | undefined> => {
  const host = { host: "apollo", dir: "~", tag: undefined };
  const found = await findConnection({ ...host, user: undefined, port: undefined, ip: undefined });
  return found.ok ? found.value.controlPath?.slice(root.length).replace(/[0-9a-f]+$/, "") : "none";
};

test("the sockets of shared connections are in a directory that nobody else may enter", async () => {
  mkdirSync(join(root, "run", "igor"), { recursive: true, mode: 0o755 });
  expect(await controlDirectory()).toBe("/run/igor/");
  expect(statSync(join(root, "run", "igor")).mode & 0o777).toBe(0o700);
});

test("a link in the place of that directory is not followed, and what it leads to stays as it is", async () => {
  mkdirSync(join(root, "elsewhere"), { mode: 0o755 });
  mkdirSync(join(root, "run"));
  symlinkSync(join(root, "elsewhere"), join(root, "run", "igor"));
  expect(await controlDirectory()).toBe("/.cache/igor/s/");
  expect(statSync(join(root, "elsewhere")).mode & 0o777).toBe(0o755);
});
