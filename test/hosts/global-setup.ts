import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { TestProject } from "vitest/node";
import { bedDown, bedUp } from "./bed.ts";

/**
 * Before the tests on hosts: what they need is installed, apollo and enterprise are up in a bed of their own, and it is
 * taken down afterwards. A bed that the caller names with IGOR_BED is used and left standing, which saves time while
 * one works on a test.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const provision = fileURLToPath(new URL("../../scripts/provision.sh", import.meta.url));
  execFileSync(provision, ["--for", "test"], { stdio: "inherit" });
  const keeps = process.env["IGOR_BED"] !== undefined;
  process.env["IGOR_BED"] ??= `igor-test-${project.name}`;
  await bedUp(["apollo", "enterprise"]);
  return async () => {
    if (!keeps) await bedDown();
  };
}
