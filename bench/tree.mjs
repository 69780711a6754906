// @ts-check
// Trees of files to push: sizes as in real projects (many small ones, a few large), the same every time.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes in a tree of so many files. */
const bytesPerFile = { small: 20_000, large: 4_000 };
const words =
  "def return self import torch for in range loss model config data train x y numpy class None True print";

/**
 * Makes a tree: directories of 25 to 40 files, nineteen of twenty of them text.
 * @param {string} directory
 * @param {number} count
 */
export function makeTree(directory, count) {
  const random = randomFrom(7);
  const weights = Array.from({ length: count }, () => Math.exp(1.5 * normal(random)));
  const total = count * (count < 10_000 ? bytesPerFile.small : bytesPerFile.large);
  const scale = total / weights.reduce((sum, weight) => sum + weight, 0);
  const text = textOf(random, 1 << 20);
  const noise = noiseOf(random, 1 << 20);
  const perDirectory = count < 10_000 ? 25 : 40;
  for (const [index, weight] of weights.entries()) {
    const size = Math.max(20, Math.min(1 << 19, Math.round(weight * scale)));
    const place = join(
      directory,
      `pkg${Math.floor(index / (perDirectory * 12))}`,
      `mod${Math.floor(index / perDirectory) % 12}`,
    );
    if (index % perDirectory === 0) mkdirSync(place, { recursive: true });
    const isBinary = index % 20 === 0;
    const begin = Math.floor(random() * (1 << 19));
    const content = (isBinary ? noise : text).subarray(begin, begin + size);
    writeFileSync(join(place, `file_${index}.${isBinary ? "bin" : "py"}`), content);
  }
  writeFileSync(join(directory, "main.py"), "print('main')\n");
  writeFileSync(join(directory, "requirements.txt"), "none\n");
  writeFileSync(join(directory, ".dockerignore"), "*\n!requirements.txt\n");
  writeFileSync(
    join(directory, "Dockerfile"),
    "FROM igor-demo/busybox:1\nCOPY requirements.txt /requirements.txt\nRUN cat /requirements.txt\n",
  );
}

/**
 * Makes it a git repository with everything committed, as projects are.
 * @param {string} directory
 * @param {Readonly<Record<string, string>>} env
 */
export function commitTree(directory, env) {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: directory, env, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=dino", "-c", "user.email=dino@laptop", "commit", "-qm", "Begin");
}

/** @typedef {() => number} Random */

/**
 * Numbers from 0 to 1 that are the same for the same seed (mulberry32).
 * @param {number} seed
 * @returns {Random}
 */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {Random} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * @param {Random} random
 * @param {number} bytes
 */
function textOf(random, bytes) {
  const list = words.split(" ");
  let text = "";
  while (text.length < bytes)
    text += `${list[Math.floor(random() * list.length)]}${random() < 0.1 ? "\n" : " "}`;
  return Buffer.from(text);
}

/**
 * @param {Random} random
 * @param {number} bytes
 */
function noiseOf(random, bytes) {
  return Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
}
