// @ts-check
// Holds what the bundle promises: it runs, it starts with nothing it does not need, and neither it nor the
// lock file tells where they were made.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.mjs";

const dist = join(root, "dist");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const igor = (/** @type {string} */ word) =>
  execFileSync(join(root, "bin", "igor"), [word], { encoding: "utf8" });

const files = readdirSync(dist).filter((name) => name.endsWith(".cjs"));
const textOf = (/** @type {string} */ name) => readFileSync(join(dist, name), "utf8");

/** @type {[string, boolean][]} */
const promises = [
  ["igor --version prints the version", igor("--version") === `igor ${version}\n`],
  ["igor help prints the verbs", igor("help").includes("docker setup")],
  ["dist/cli.cjs holds no package", !/^\s*\/\/ node_modules\//m.test(textOf("cli.cjs"))],
  ["no bundle names this directory", files.every((name) => !textOf(name).includes(root))],
  [
    "package-lock.json names no registry",
    !readFileSync(join(root, "package-lock.json"), "utf8").includes('"resolved"'),
  ],
];

for (const [promise, isKept] of promises) console.log(`${isKept ? "ok    " : "BROKEN"} ${promise}`);
process.exitCode = promises.every(([, isKept]) => isKept) ? 0 : 1;
