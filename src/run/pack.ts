import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFile as readFileCallback,
  readFileSync,
  readlinkSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setImmediate as aMoment } from "node:timers/promises";
import { promisify } from "node:util";
import { createGzip, gzip as gzipCallback } from "node:zlib";
import { pack } from "tar-stream";
import type { Header, Pack as Archive } from "tar-stream";
import type { FileState, FileStatus } from "../model/manifest.ts";
import type { Change } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { changeLists, pathList } from "../remote/changes.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const gzip = promisify(gzipCallback);
const readWhole = promisify(readFileCallback);

/** A file of this size is read faster than a thread could be asked for it, of which each takes five calls. */
const smallBytes = 256 * 1024;
/** Node reads no larger file as a whole. */
const tooLargeBytes = 2 ** 31;
/** Connections are served after so many. */
const filesAtOnce = 50;

/** The end of a tar archive: two empty blocks. */
const tarEndBytes = 1024;

/** What was really read of files, where that differs from what the plan says; undefined: the file is gone. */
export type Changed = ReadonlyMap<string, FileState | undefined>;

/** Files as they were when they were read, packed for the stage of a host. */
export interface PackedFiles {
  /** A gzip member that holds `f/PATH` for each file, and the end of the archive. */
  readonly bytes: Buffer;
  readonly changed: Changed;
}

/** What of a project's files is read: where they are, and how they looked when the plan was made. */
export interface FileSource {
  readonly root: string;
  readonly stateOf: (path: string) => FileState | undefined;
  /** Reads the state from what `fstat` says; notes a file that may be saved again unseen. */
  readonly readStateOf: (found: FileStatus) => FileState;
  /** How the file looks now, noted in the same way. */
  readonly lookAgain: (path: string) => FileState | undefined;
}

/** Reads and packs files. Each is read whole from one open file, so its content and its state belong together. */
export async function packFiles(
  source: FileSource,
  paths: readonly string[],
): Promise<Result<PackedFiles>> {
  const archive = pack();
  const content = collect(archive);
  const changed = await addFiles(
    archive,
    source,
    paths.map((path) => [path, `f/${path}`]),
  );
  archive.finalize();
  const bytes = await gzip(await content, { level: 6 });
  return changed.ok ? ok({ bytes, changed: changed.value }) : changed;
}

/** Packs files; what was packed before is not read again. */
export type Pack = (paths: readonly string[]) => Promise<Result<PackedFiles>>;

/** Remembers what it packed, for hosts that need the same at about the same time. */
export function packOnce(source: FileSource): Pack {
  const packed = new Map<string, Promise<Result<PackedFiles>>>();
  return (paths) => {
    const key = paths.join("\0");
    const known = packed.get(key) ?? packFiles(source, paths);
    packed.set(key, known);
    return known;
  };
}

/**
 * The same files as one stream of a tar.gz with plain names, for a host without rsync. When it is closed early nothing more
 * is read, and `packed` is undefined.
 */
export function streamFiles(
  source: FileSource,
  paths: readonly string[],
): { readonly bytes: Readable; readonly packed: Promise<Result<Changed> | undefined> } {
  const archive = pack();
  const packAll = async (): Promise<Result<Changed> | undefined> => {
    const changed = await addFiles(
      archive,
      source,
      paths.map((path) => [path, path]),
    ).catch((error: unknown) => {
      if (bytes.destroyed) return undefined;
      throw error;
    });
    // An archive without its end is refused at the far end.
    if (changed?.ok === true) archive.finalize();
    else archive.destroy();
    return changed;
  };
  const bytes = createGzip({ level: 1 });
  // Nobody else hears of an archive that was given up.
  Readable.from(archive)
    .on("error", () => bytes.destroy())
    .pipe(bytes);
  // Else an entry that nobody reads is never done.
  bytes.once("close", () => archive.destroy());
  return { bytes, packed: packAll() };
}

async function addFiles(
  archive: Archive,
  source: FileSource,
  paths: readonly (readonly [path: string, name: string])[],
): Promise<Result<Changed>> {
  const changed = new Map<string, FileState | undefined>();
  for (const [index, [path, name]] of paths.entries()) {
    if (index % filesAtOnce === 0) await aMoment();
    const read = await readFile(source, path);
    if (!read.ok) return read;
    const file = read.value;
    if (file?.state !== source.stateOf(path)) changed.set(path, file?.state);
    if (file !== undefined) await addEntry(archive, { ...file.header, name }, file.content);
  }
  return ok(changed);
}

/**
 * The payload of a frame of `push`: the lists of changes, then the files; two gzip members are one stream.
 * `gone`: paths that a transfer may have staged, and that are not here any more.
 */
export async function packPayload(
  changes: readonly Change[],
  files: Buffer,
  gone: readonly string[] = [],
): Promise<Buffer> {
  const archive = pack();
  const content = collect(archive);
  const lists = changeLists(changes);
  await addEntry(archive, { name: "l/first" }, Buffer.from(lists.first));
  await addEntry(archive, { name: "l/then" }, Buffer.from(lists.then));
  if (gone.length > 0) await addEntry(archive, { name: "l/gone" }, Buffer.from(pathList(gone)));
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

/** Undefined when the file is gone, or is something else now: what the host has stays, and the next push looks again. */
async function readFile(source: FileSource, path: string): Promise<Result<ReadFile | undefined>> {
  const file = join(source.root, path);
  try {
    if (source.stateOf(path)?.startsWith("l ") === true) return ok(linkAt(file));
    // Not a link that took the place of the file, and no waiting for a named pipe.
    using opened = openedFile(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const before = fstatSync(opened.fd, { bigint: true });
    if (!before.isFile()) return ok(undefined);
    if (before.size >= tooLargeBytes)
      return fail({ reason: "unreadable-file", path, cause: "too-large" });
    const isSmall = before.size <= smallBytes;
    const content = isSmall ? readFileSync(opened.fd) : await readWhole(opened.fd);
    const after = fstatSync(opened.fd, { bigint: true });
    const isWhole = before.ctimeNs === after.ctimeNs && BigInt(content.length) === after.size;
    // Written to while it was read: what was read is noted so that it never compares equal, and it is sent again.
    const state = isWhole
      ? source.readStateOf(after)
      : neverEqual(source.readStateOf({ ...after, size: BigInt(content.length) }));
    const [, , mtime = "", mode = "644"] = state.split(" ");
    return ok({
      state,
      header: {
        size: content.length,
        mode: parseInt(mode, 8),
        // The field itself cannot hold a time before 1970, and tar refuses the archive; the pax header can.
        mtime: new Date(Math.max(0, Number(after.mtimeNs / 1_000_000n))),
        pax: { mtime },
      },
      content,
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "EINVAL", "ENXIO"].includes(code))
      return ok(undefined);
    return fail({ reason: "unreadable-file", path, cause: "no-permission" });
  }
}

function openedFile(file: string, flags: number): Disposable & { readonly fd: number } {
  const fd = openSync(file, flags);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

function neverEqual(state: FileState): FileState {
  return state.endsWith(" racy") ? state : `${state} racy`;
}

function linkAt(file: string): ReadFile {
  const target = readlinkSync(file);
  const header = { type: "symlink", linkname: target, mode: 0o777 } as const;
  return { state: `l ${target}`, header, content: Buffer.alloc(0) };
}

async function addEntry(archive: Archive, header: EntryHeader, content: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const added = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (header.type === "symlink") archive.entry(header, added);
    else archive.entry(header, content, added);
  });
}

async function collect(archive: Archive): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
