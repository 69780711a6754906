import { createWriteStream } from "node:fs";
import { copyFile, mkdir, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import type { Header } from "tar-stream";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";

/** A file that an archive is to bring. */
export interface FileToUnpack {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Seconds of the epoch. */
  readonly mtime: string;
}

/** Where files come to. */
export interface UnpackPlace {
  readonly files: readonly FileToUnpack[];
  readonly stage: { readonly files: string; readonly parts: string };
}

/**
 * Unpacks one or more archives, one behind the other, into the stage: each file has its name there when it is whole, and
 * the time it had when it was listed. Only regular files that were asked for are taken, whatever else is in there. What
 * an archive that was cut held until then is kept. A failure is one of this machine.
 */
export async function unpackFiles(
  archive: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { files, stage }: UnpackPlace,
): Promise<Result<"whole" | "cut">> {
  const wanted: Wanted = new Map(files.map((file) => [file.path, file]));
  const unpacking = extract();
  let failure: NodeJS.ErrnoException | undefined;
  // Archives follow one another: what stands between them is skipped.
  const feeding = pipeline(Readable.from(archive), unpacking).then(
    () => "whole" as const,
    () => "cut" as const,
  );
  try {
    for await (const entry of unpacking) {
      const { header } = entry;
      const file = wanted.get(nameOf(header.name));
      if (file === undefined || failure !== undefined) {
        entry.resume();
        continue;
      }
      try {
        await unpackEntry(entry as Content, { file, header, stage, wanted });
      } catch (error) {
        if (!isSystemError(error)) throw error;
        failure = error;
        entry.resume();
      }
    }
  } catch {
    // Cut in the middle of a file; the end of the one who feeds it says why.
  }
  const end = await feeding;
  if (failure === undefined) return ok(end);
  return fail({ reason: "cannot-write-here", path: stage.files, detail: failure.message });
}

type Wanted = ReadonlyMap<string, FileToUnpack>;

/** Of an entry; the types of the library leave open what it gives. */
type Content = AsyncIterable<Uint8Array> & { resume(): unknown };

async function unpackEntry(
  content: Content,
  {
    file,
    header,
    stage,
    wanted,
  }: {
    readonly file: FileToUnpack;
    readonly header: Header;
    readonly stage: UnpackPlace["stage"];
    readonly wanted: Wanted;
  },
): Promise<void> {
  const part = join(stage.parts, "part");
  const whole = join(stage.files, file.path);
  if (header.type === "link" && header.linkname && wanted.has(nameOf(header.linkname))) {
    // The second name of a file that the same archive holds; any other may be that of a file of this machine.
    await copyFile(join(stage.files, nameOf(header.linkname)), part);
    content.resume();
  } else if (header.type === "file") {
    await pipeline(content, createWriteStream(part, { mode: 0o600 }));
  } else {
    content.resume();
    return;
  }
  const seconds = Number(file.mtime);
  await utimes(part, seconds, seconds);
  await mkdir(dirname(whole), { recursive: true });
  await rm(whole, { force: true });
  await rename(part, whole);
}

function nameOf(name: string): string {
  return name.replace(/^\.\//, "");
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
