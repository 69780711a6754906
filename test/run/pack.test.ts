import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lookAt, stateOf } from "../../src/project/walk.ts";
import { packFiles, packPayload, streamFiles } from "../../src/run/pack.ts";
import type { FileSource } from "../../src/run/pack.ts";
import { thingsIn, writeThings } from "../support/tree.ts";

let root = "";
let out = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-pack-"));
  out = mkdtempSync(join(tmpdir(), "igor-unpack-"));
});
afterEach(() => {
  for (const directory of [root, out]) rmSync(directory, { recursive: true, force: true });
});

/** The states as they are when the source is made. */
function sourceOf(paths: readonly string[]): FileSource {
  const states = new Map(
    paths.map((path) => {
      const found = lookAt(join(root, path));
      return [
        path,
        found === undefined ? undefined : "link" in found ? `l ${found.link}` : stateOf(found),
      ];
    }),
  );
  return {
    root,
    stateOf: (path) => states.get(path),
    readStateOf: stateOf,
    lookAgain: () => undefined,
  };
}

const unpack = (bytes: Buffer) =>
  execFileSync("tar", ["-xzpf", "-", "-C", out], {
    input: bytes,
    stdio: ["pipe", "pipe", "ignore"],
  });

describe("packed files", () => {
  test("are what they were, with mode, time to the nanosecond, and any name", async () => {
    const names = [
      "a",
      "x".repeat(180),
      `d/${"y".repeat(120)}/${"z".repeat(140)}`,
      "ü\n'\\",
      "-rf",
      "empty",
    ];
    writeThings(
      root,
      Object.fromEntries(
        names.map((name) => [
          name,
          { text: name === "empty" ? "" : name, at: 1_700_000_000.5, mode: 0o750 },
        ]),
      ),
    );
    writeThings(root, { link: { link: "t".repeat(150) } });
    const paths = [...names, "link"];
    const packed = await packFiles(sourceOf(paths), paths);
    expect(packed).toMatchObject({ ok: true, value: { changed: new Map() } });
    unpack(packed.ok ? await packPayload([], packed.value.bytes) : Buffer.alloc(0));
    expect(thingsIn(join(out, "f"))).toEqual(thingsIn(root));
    expect(readFileSync(join(out, "l/then"), "utf8")).toBe("");
    const state = (directory: string) =>
      execFileSync("stat", ["-c", "%a %.9Y", join(directory, "a")], { encoding: "utf8" });
    expect(state(join(out, "f"))).toBe(state(root));
  });

  test("are noted as they were read: changed, gone, or something else now", async () => {
    const paths = ["changed", "gone", "became-link", "became-directory", "became-pipe"];
    writeThings(root, Object.fromEntries(paths.map((path) => [path, "old"])));
    writeThings(root, { secret: "secret" });
    const source = sourceOf(paths);
    for (const path of paths) unlinkSync(join(root, path));
    writeThings(root, { changed: { text: "newer", at: 1_800_000_000 } });
    symlinkSync("secret", join(root, "became-link"));
    mkdirSync(join(root, "became-directory"));
    execFileSync("mkfifo", [join(root, "became-pipe")]);
    const packed = await packFiles(source, paths);
    expect(packed.ok && [...packed.value.changed]).toEqual([
      ["changed", expect.stringMatching(/^f 5 1800000000\.000000000 644 \d+\.\d{9}$/)],
      ...paths.slice(1).map((path) => [path, undefined]),
    ]);
    unpack(packed.ok ? packed.value.bytes : Buffer.alloc(0));
    expect(thingsIn(out)).toEqual({ "f/changed": "newer" });
  });

  test("may be older than 1970", async () => {
    writeThings(root, { old: "1" });
    utimesSync(join(root, "old"), new Date(-86_400_500), new Date(-86_400_500));
    const packed = await packFiles(sourceOf(["old"]), ["old"]);
    unpack(packed.ok ? packed.value.bytes : Buffer.alloc(0));
    expect(statSync(join(out, "f/old")).mtimeMs).toBe(-86_400_500);
  });

  test("that grow while they are read are sent once more", async () => {
    writeThings(root, { log: "x".repeat(40_000_000) });
    const source = sourceOf(["log"]);
    const packing = packFiles(source, ["log"]);
    const growing = setInterval(() => appendFileSync(join(root, "log"), "y"), 1);
    const packed = await packing;
    clearInterval(growing);
    expect(packed.ok && packed.value.changed.get("log")).toMatch(/ racy$/);
  });
});

test("a stream of files is one archive with plain names", async () => {
  writeThings(root, { a: "1", "d/b": "2", link: { link: "a" } });
  const { bytes, packed } = streamFiles(sourceOf(["a", "d/b", "link"]), ["a", "d/b", "link"]);
  unpack(await buffer(bytes));
  expect(await packed).toEqual({ ok: true, value: new Map() });
  expect(thingsIn(out)).toEqual({ a: "1", "d/b": "2", link: "-> a" });
});

test("a stream that meets a file it cannot read ends, with a reason", async () => {
  writeThings(root, { a: "1" });
  writeFileSync(join(root, "huge"), "");
  truncateSync(join(root, "huge"), 2 ** 31);
  const { bytes, packed } = streamFiles(sourceOf(["a", "huge"]), ["a", "huge"]);
  await expect(buffer(bytes)).rejects.toThrow();
  expect(await packed).toMatchObject({ failure: { path: "huge", cause: "too-large" } });
});

test("a stream that is closed early ends, and reads no more", async () => {
  const names = Array.from({ length: 500 }, (_, index) => `f${String(index)}`);
  for (const name of names) writeFileSync(join(root, name), randomBytes(10_000));
  const { bytes, packed } = streamFiles(sourceOf(names), names);
  bytes.once("readable", () => bytes.destroy());
  expect(await packed).toBeUndefined();
});
