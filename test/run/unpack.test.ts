import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pack } from "tar-stream";
import type { Header } from "tar-stream";
import { unpackFiles } from "../../src/run/unpack.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-unpack-"));
  for (const part of ["f", "t"]) mkdirSync(join(root, part));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Entry = (Partial<Header> & Pick<Header, "name">) | readonly [name: string, content: string];

/** Unpacks an archive of these where the files `a` and `d/b` are wanted. */
async function unpacked(entries: readonly Entry[]) {
  const archive = pack();
  for (const entry of entries) {
    if ("name" in entry) archive.entry(entry);
    else archive.entry({ name: entry[0] }, entry[1]);
  }
  archive.finalize();
  const files = ["a", "d/b"].map((path) => ({ path, size: 1, mtime: "1600000000" }));
  const stage = { files: join(root, "f"), parts: join(root, "t") };
  return unpackFiles([await buffer(Readable.from(archive))], { files, stage });
}

const staged = (): readonly string[] =>
  readdirSync(join(root, "f"), { recursive: true }).map(String).sort();

describe("an archive of a host", () => {
  test("brings what was asked for, also by its second name", async () => {
    expect(
      await unpacked([["./a", "1"], ["c", "2"], { name: "d/b", type: "link", linkname: "./a" }]),
    ).toEqual({ ok: true, value: "whole" });
    expect(staged()).toEqual(["a", "d", "d/b"]);
    expect(readFileSync(join(root, "f/d/b"), "utf8")).toBe("1");
  });

  test("gets at no file of this machine, by no link and no name", async () => {
    const secret = join(root, "secret");
    writeFileSync(secret, "secret");
    for (const linkname of ["../secret", "./../secret", "d/../../secret", secret])
      expect(await unpacked([{ name: "a", type: "link", linkname }])).toMatchObject({ ok: true });
    expect(
      await unpacked([
        { name: "a", type: "symlink", linkname: secret },
        { name: "a", type: "link" },
        { name: "d", type: "symlink", linkname: root },
        { name: "d/b", type: "link", linkname: relative("/", secret) },
        ["../secret", "1"],
        [secret, "1"],
      ]),
    ).toMatchObject({ ok: true });
    expect(staged()).toEqual([]);
    expect(readFileSync(secret, "utf8")).toBe("secret");
  });
});
