// @ts-check
// `npm run check`: everything that needs no test to run.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { check, plainWhenPiped, root, runAll, tool } from "./parts.mjs";

const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
const filesNamed = (/** @type {string[]} */ ...patterns) =>
  execFileSync("git", [...listed, ...patterns], { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(root, path)));
const shellPrograms = filesNamed("*.sh", ".ci/run");
const luaFiles = ["lua", "plugin"];
const isRemote = (/** @type {string} */ path) => path.startsWith("src/remote/programs/");

/** Remote programs are composed of these files: one sets the variables that another uses. */
const partsOfPrograms = ["--shell=sh", "--exclude=SC2034,SC2154"];

/** Needs the bundle that `npm run build` makes. */
export const checks = [
  check("types", tool("tsc")),
  check("lint", tool("eslint"), "--max-warnings", "0", "."),
  check("format", tool("prettier"), "--check", "--log-level", "warn", "."),
  check("unused code", tool("knip"), "--no-progress"),
  check("scripts", "shellcheck", "-x", ...shellPrograms.filter((path) => !isRemote(path))),
  check("remote programs", "shellcheck", ...partsOfPrograms, ...shellPrograms.filter(isRemote)),
  check("python programs", "python3", "scripts/check-python.py", ...filesNamed("src/*.py")),
  check("lua", "luacheck", "--quiet", "--codes", ...luaFiles),
  check("lua format", tool("stylua"), "--check", ...luaFiles),
  check(
    "generated files",
    tool("vitest"),
    "run",
    "--project",
    "pure",
    ".generated.",
    ...plainWhenPiped,
  ),
  check("bundle", process.execPath, "scripts/check-bundle.mjs"),
];

export const build = check("build", process.execPath, "build.mjs");

if (process.argv[1] === import.meta.filename) await runAll([build, ...checks]);
