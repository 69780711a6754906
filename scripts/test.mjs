// @ts-check
// `npm test`: installs what is missing, builds, checks, and runs every test tier. Works right after a clone.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, checks } from "./check.mjs";
import { check, failureOf, plainWhenPiped, root, runAll, tool } from "./parts.mjs";

/** Whether node_modules is what package-lock.json says; optional packages are for other machines. */
function isInstalled() {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(
    ([path, { version, integrity, optional }]) =>
      path === "" ||
      optional === true ||
      (installed[path]?.version === version && installed[path]?.integrity === integrity),
  );
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

/**
 * The tests of one tier (a project of vitest.config.ts). No test, or one that was skipped, is a failure.
 * @param {string} name
 * @param {...string} options of vitest
 * @returns {import("./parts.mjs").Part}
 */
function tier(name, ...options) {
  return {
    name: `${name} tests`,
    run: async () => {
      const directory = mkdtempSync(join(tmpdir(), "igor-tests-"));
      const report = join(directory, "report.json");
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const words = ["run", "--project", name, ...options, ...reporters, ...plainWhenPiped];
      const why = await failureOf(tool("vitest"), words);
      const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
      rmSync(directory, { recursive: true });
      const passed = counts?.numPassedTests ?? 0;
      const failed = counts?.numFailedTests ?? 0;
      const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0);
      if (skipped > 0) return { passed, failed: failed + skipped, why: `${skipped} skipped` };
      if (passed + failed === 0) return { passed, failed: 1, why: why ?? "no test ran" };
      if (why === undefined) return { passed, failed };
      return { passed, failed: Math.max(failed, 1), why };
    },
  };
}

/**
 * Tests on hosts wait for other programs, on a machine that does much else just then: one that fails is tried once
 * more, which is told with what went wrong at first.
 * @param {string} name
 */
function tierOnHosts(name) {
  return tier(name, "--retry=1", `--reporter=${join(root, "scripts/second-tries.mjs")}`);
}

/**
 * Tiers side by side, those on hosts each on a bed of its own: much of their time is waiting.
 * @param {...import("./parts.mjs").Part} parts
 * @returns {import("./parts.mjs").Part}
 */
function together(...parts) {
  return {
    name: parts.map(({ name }) => name).join(" and "),
    run: async () => {
      const outcomes = await Promise.all(parts.map(({ run }) => run()));
      const why = outcomes.flatMap((outcome) => outcome.why ?? []).join(", ");
      return {
        passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
        failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
        ...(why === "" ? {} : { why }),
      };
    },
  };
}

await runAll([
  check("what the machine needs", "bash", "scripts/provision.sh"),
  ...(isInstalled() ? [] : [check("npm ci", "npm", "ci", "--no-fund", "--no-audit")]),
  build,
  ...checks,
  together(tier("pure"), tier("process")),
  together(...["hosts", "links", "containers", "nvim"].map(tierOnHosts)),
]);
