// @ts-check
// What the demo needs of this machine, right after a clone too: Debian, root, packages, node_modules and igor itself.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/**
 * Why the demo cannot run here; undefined when it can.
 * @returns {string | undefined}
 */
export function whyNotHere() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return `igor needs Node 20.19 or later, and this is ${process.version}.`;
  }
  if (process.platform !== "linux" || !existsSync("/etc/debian_version")) {
    return (
      "The demo makes its sandbox hosts out of this machine's own system, which must be Debian 12 or the like.\n" +
      "igor itself does not need that: README.md says how to use it with hosts of your own."
    );
  }
  if (process.getuid?.() !== 0 && !hasProgram("sudo")) {
    return "The demo makes network namespaces and mounts: run it as root, or install sudo.";
  }
  return undefined;
}

/** @param {string} name */
function hasProgram(name) {
  return (process.env["PATH"] ?? "").split(":").some((place) => existsSync(join(place, name)));
}

/** Why `npm ci` is needed; undefined when node_modules is what package-lock.json says. */
export function whyInstall() {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return "there is no node_modules yet";
  const installed = packagesOf(installedLock);
  const isStale = Object.entries(packagesOf(join(root, "package-lock.json"))).some(
    ([path, { version, optional }]) =>
      path !== "" && optional !== true && installed[path]?.version !== version,
  );
  return isStale ? "node_modules is not what package-lock.json says" : undefined;
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

/** Why `npm run build` is needed; undefined when dist/ is newer than all it is made of. */
export function whyBuild() {
  const bundle = join(root, "dist", "cli.cjs");
  if (!existsSync(bundle)) return "there is no dist yet";
  const builtAt = statSync(bundle).mtimeMs;
  const sources = ["build.mjs", "package.json", "src", "bin"].map((name) => join(root, name));
  return newestUnder(sources) > builtAt ? "src is newer than dist" : undefined;
}

/**
 * @param {readonly string[]} paths
 * @returns {number}
 */
function newestUnder(paths) {
  return Math.max(
    ...paths.map((path) => {
      const found = statSync(path);
      if (!found.isDirectory()) return found.mtimeMs;
      return newestUnder([...readdirSync(path).map((name) => join(path, name))]);
    }),
    0,
  );
}
