import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { afterMark } from "../remote/after-mark.ts";
import { commandFor } from "../remote/boot.ts";
import { deniedPaths, pathPayload } from "../remote/pull-answer.ts";
import { assignments } from "../remote/quote.ts";
import { sessionArgv } from "../remote/ssh.ts";
import { startProcess } from "./spawn.ts";
import { transferFailure, TransferWatch } from "./transfer-watch.ts";
import type { WatchMeans } from "./transfer-watch.ts";
import { unpackFiles } from "./unpack.ts";
import type { UnpackPlace } from "./unpack.ts";

/** A tar that says nothing for so long hangs on a disk. */
const stuckMs = 600_000;

/** It says that it is ready, so that startup files read nothing of the list, and what they print is none of the archive. */
const send =
  'cd -P -- "$in_from" && echo "$in_ready" && { xargs -0 -n 200 tar -cf - || :; } | gzip -1 -c && echo "$in_ready" >&2';

/** Brings files through a session of its own, for a side without rsync. The value is what could not be read there. */
export async function fetchByTar(
  task: UnpackPlace & { readonly from: string },
  means: WatchMeans,
): Promise<Result<readonly string[]>> {
  const { connection, login } = means.shell;
  const ready = randomBytes(9).toString("hex");
  const inputs = assignments({ in_from: task.from, in_ready: ready });
  const watch = new TransferWatch(means, stuckMs);
  const command = commandFor(login, `unset TAR_OPTIONS GZIP;${inputs}${send}`);
  const child = startProcess(sessionArgv(connection, command, "no-tty"));
  async function* sent(): AsyncGenerator<Buffer> {
    const said = afterMark(ready);
    for await (const chunk of child.stdout ?? []) {
      const wasPast = said.isPast();
      const bytes = said.read(chunk as Buffer);
      if (!wasPast && said.isPast())
        child.stdin?.end(pathPayload(task.files.map(({ path }) => path)));
      yield bytes;
    }
  }
  const archive = new PassThrough();
  // Where it was cut, the archive is; the end of the process says why.
  const reading = pipeline(sent, createGunzip(), archive).catch(() => undefined);
  const unpacking = unpackFiles(counted(archive, watch), task);
  const end = await watch.endOf(child);
  await reading;
  const unpacked = await unpacking;
  if (end.failure !== undefined) return fail(end.failure);
  if (!unpacked.ok) return unpacked;
  if (end.exitCode !== 0 || unpacked.value === "cut" || !end.words.includes(ready)) {
    const words = end.words.replace(ready, "");
    return fail(transferFailure({ ...end, words }, "pull", connection.host.host));
  }
  return ok(deniedPaths(end.words));
}

/** The archive, while it is told how much of it has come. */
async function* counted(archive: PassThrough, watch: TransferWatch): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of archive) {
    const part = chunk as Buffer;
    watch.moved((bytes += part.length), undefined);
    yield part;
  }
}
