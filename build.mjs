// @ts-check
// Bundles igor into dist/: `src/cli/main.ts` becomes `dist/cli.cjs`, and each module that is imported
// with `import("...")` becomes a file of its own beside it, so that a verb loads only what it needs.
// (esbuild splits ES modules only; these are CommonJS, which Node 20 starts faster.)
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const dist = resolve(root, "dist");

const { engines } = JSON.parse(await readFile(resolve(root, "package.json"), "utf8"));
const oldestNode = engines.node.replace(/^>=/, "");

/** The files that a Node of the user loads first. */
const entries = new Set(["cli.cjs", "nvim.cjs"]);

const chunks = new Map([
  ["cli.cjs", resolve(root, "src/cli/main.ts")],
  ["nvim.cjs", resolve(root, "src/nvim/main.ts")],
]);

/**
 * Leaves `import("./run.ts")` to be loaded at run time from `dist/run.cjs`, and remembers to build that file.
 * @type {import("esbuild").Plugin}
 */
const dynamicImportsAsChunks = {
  name: "dynamic-imports-as-chunks",
  setup(setup) {
    setup.onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return null;
      const source = resolve(resolveDir, path);
      const file = `${basename(path, ".ts")}.cjs`;
      const taken = chunks.get(file);
      if (taken !== undefined && taken !== source) {
        return { errors: [{ text: `dist/${file} would hold both ${taken} and ${source}` }] };
      }
      chunks.set(file, source);
      return { path: `./${file}`, external: true };
    });
  },
};

/**
 * The logger that the neovim client loads and igor never uses: it has one of its own, and this one takes 80 ms to load.
 * @type {import("esbuild").Plugin}
 */
const withoutLogger = {
  name: "without-logger",
  setup(setup) {
    setup.onResolve({ filter: /^winston$/ }, () => ({ path: "winston", namespace: "unused" }));
    setup.onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: "module.exports = {};",
    }));
  },
};

/** What is noted of a configuration is right for the code that checked it. */
const checkingFiles = (await readdir(resolve(root, "src/project")))
  .filter((file) => file.startsWith("config-"))
  .sort();
const checkingCode = createHash("sha256").update(
  await readFile(resolve(root, "package-lock.json")),
);
for (const file of checkingFiles)
  checkingCode.update(await readFile(resolve(root, "src/project", file)));

/** The function of src/ that the bundle itself looks with, whether it is still that of its source. */
const { outputFiles } = await build({
  entryPoints: [resolve(root, "src/nvim/source-digest.ts")],
  platform: "node",
  write: false,
});
const lookingCode = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
/** @type {{ sourceDigest: (root: string) => Promise<string> }} */
const { sourceDigest } = await import(`data:text/javascript;base64,${lookingCode}`);

const define = {
  IGOR_CONFIG_CODE: JSON.stringify(checkingCode.digest("hex").slice(0, 16)),
  IGOR_SOURCE: JSON.stringify(await sourceDigest(root)),
};

/**
 * Ends a Node that is too old before it fails at something that it does not know; it stands in front of the entries,
 * where such a Node can read it.
 * @param {string} oldest e.g. `20.19`
 * @param {boolean} isBesideEditor
 */
function refuseOldNode(oldest, isBesideEditor) {
  const found = process.versions.node;
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  const what = `igor needs Node ${oldest} or newer, and this is ${found} (${process.execPath})`;
  const option = 'set the option `node`, e.g. vim.g.igor = { node = "/opt/node/bin/node" }';
  process.stderr.write(
    isBesideEditor
      ? `${what}. Install one, or ${option}\n`
      : `✗ ${what}\n  → install one and put it first in PATH; or in Neovim ${option}\n`,
  );
  process.exit(2);
}

/** @param {string} file */
function bannerOf(file) {
  return `"use strict";\n(${refuseOldNode})(${JSON.stringify(oldestNode)}, ${file === "nvim.cjs"});`;
}

for (const [file, source] of chunks) {
  const isEntry = entries.has(file);
  await build({
    entryPoints: [source],
    outfile: resolve(dist, `${file}.new`),
    bundle: true,
    platform: "node",
    // The whole of an entry has to be one that an old Node can read; it is small.
    target: isEntry ? "node10" : "node20",
    banner: isEntry ? { js: bannerOf(file) } : {},
    format: "cjs",
    supported: { "dynamic-import": false },
    mainFields: ["module", "main"],
    define,
    loader: { ".sh": "text", ".py": "text" },
    legalComments: "inline",
    logLevel: "warning",
    plugins: [dynamicImportsAsChunks, withoutLogger],
  });
}
// Each file is replaced whole, so that an igor that is running finds its other files.
const built = new Set();
for (const file of chunks.keys()) {
  // The command line itself cannot be loaded without being run.
  const isLarge = !entries.has(file) && (await stat(resolve(dist, `${file}.new`))).size > 50_000;
  for (const name of isLarge ? await splitForSpeed(file) : [file]) {
    await rename(resolve(dist, `${name}.new`), resolve(dist, name));
    built.add(name);
  }
}
for (const file of await readdir(dist)) if (!built.has(file)) await rm(resolve(dist, file));
/**
 * Puts the content of a large file beside it, with its compiled code; the file itself loads both. Their name
 * tells the content, so that code is never used with a text that only looks like its own.
 * @param {string} file
 */
async function splitForSpeed(file) {
  const content = await readFile(resolve(dist, `${file}.new`));
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const body = file.replace(/\.cjs$/, `.${digest}.cjs`);
  await rename(resolve(dist, `${file}.new`), resolve(dist, `${body}.new`));
  const loader = resolve(root, "bin/load-chunk.js");
  const saveCode = "require(process.argv[1]).saveCode(process.argv[2])";
  const words = ["-e", saveCode, loader, resolve(dist, `${body}.new`)];
  execFileSync(process.execPath, words, { stdio: "inherit" });
  await rename(resolve(dist, `${body}.new.code`), resolve(dist, `${body}.code.new`));
  const load = `require("../bin/load-chunk.js").loadChunk(require.resolve("./${body}"))`;
  await writeFile(resolve(dist, `${file}.new`), `module.exports = ${load};\n`);
  return [body, `${body}.code`, file];
}

console.log(
  [...chunks].map(([file, from]) => `dist/${file} <- ${relative(root, from)}`).join("\n"),
);
