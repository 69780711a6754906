import { readlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGzip, gzip as gzipCallback } from "node:zlib";
import { pack } from "tar-stream";
import type { Header, Pack } from "tar-stream";
import type { FileState } from "../model/manifest.ts";
import { changeLists } from "../remote/changes.ts";
import type { Change } from "../model/plan.ts";

const gzip = promisify(gzipCallback);

/** The end of a tar archive: two empty blocks. */
const tarEndBytes = 1024;

/** Files as they were when they were read, packed for the stage of a host. */
export interface PackedFiles {
  /** A gzip member that holds `f/PATH` for each file, and the end of the archive. */
  readonly bytes: Buffer;
  /** What was really read, where that differs from what the plan says; undefined: the file is gone. */
  readonly changed: ReadonlyMap<string, FileState | undefined>;
}

/** What of a project's files is read: where they are, and how they looked when the plan was made. */
export interface FileSource {
  readonly root: string;
  readonly stateOf: (path: string) => FileState | undefined;
  /** Reads the state from what `fstat` says; notes a file that may be saved again unseen. */
  readonly readStateOf: (found: { size: bigint; mtimeNs: bigint; mode: bigint }) => FileState;
}

/** Reads and packs files. Each is read whole from one open file, so its content and its state belong together. */
export async function packFiles(
  source: FileSource,
  paths: readonly string[],
): Promise<PackedFiles> {
  const archive = pack();
  const content = collect(archive);
  const changed = new Map<string, FileState | undefined>();
  for (const path of paths) {
    const read = await readFile(source, path);
    if (read?.state !== source.stateOf(path)) changed.set(path, read?.state);
    if (read !== undefined)
      await addEntry(archive, { ...read.header, name: `f/${path}` }, read.content);
  }
  archive.finalize();
  return { bytes: await gzip(await content, { level: 6 }), changed };
}

/** The same files as one stream of a tar.gz with plain names, for a host without rsync. */
export function streamFiles(
  source: FileSource,
  paths: readonly string[],
): { readonly bytes: Readable; readonly packed: Promise<number> } {
  const archive = pack();
  const packAll = async (): Promise<number> => {
    let files = 0;
    for (const path of paths) {
      const read = await readFile(source, path);
      if (read === undefined) continue;
      await addEntry(archive, { ...read.header, name: path }, read.content);
      files += 1;
    }
    archive.finalize();
    return files;
  };
  return { bytes: Readable.from(archive).pipe(createGzip({ level: 1 })), packed: packAll() };
}

/** The payload of a frame of `push`: the lists of changes, then the files; two gzip members are one stream. */
export async function packPayload(changes: readonly Change[], files: Buffer): Promise<Buffer> {
  const archive = pack();
  const content = collect(archive);
  const lists = changeLists(changes);
  await addEntry(archive, { name: "l/first" }, Buffer.from(lists.first));
  await addEntry(archive, { name: "l/then" }, Buffer.from(lists.then));
  archive.finalize();
  const bytes = await content;
  return Buffer.concat([await gzip(bytes.subarray(0, -tarEndBytes), { level: 6 }), files]);
}

type EntryHeader = Partial<Header> & Pick<Header, "name">;

interface ReadFile {
  readonly state: FileState;
  readonly header: Omit<EntryHeader, "name">;
  readonly content: Buffer;
}

async function readFile(source: FileSource, path: string): Promise<ReadFile | undefined> {
  const file = join(source.root, path);
  const planned = source.stateOf(path);
  try {
    if (planned?.startsWith("l ") === true) {
      const target = readlinkSync(file);
      return {
        state: `l ${target}`,
        header: { type: "symlink", linkname: target, mode: 0o777 },
        content: Buffer.alloc(0),
      };
    }
    await using handle = await open(file, "r");
    const content = await handle.readFile();
    const found = await handle.stat({ bigint: true });
    const state = source.readStateOf(found);
    const [, , mtime = "", mode = "644"] = state.split(" ");
    return {
      state,
      // A file that grows while it is read is sent as it was read; its state then says the size it has now, so it is sent again.
      header: {
        size: content.length,
        mode: parseInt(mode, 8),
        mtime: new Date(Number(found.mtimeNs / 1_000_000n)),
        pax: { mtime },
      },
      content,
    };
  } catch {
    // Gone, or no longer readable: what the host has stays, and the next push looks again.
    return undefined;
  }
}

async function addEntry(archive: Pack, header: EntryHeader, content: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const added = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (header.type === "symlink") archive.entry(header, added);
    else archive.entry(header, content, added);
  });
}

async function collect(archive: Pack): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
