import type { Failure } from "../model/failure.ts";
import { readFileSystemWords } from "../remote/read-failure.ts";
import { readSshWords } from "../remote/read-ssh.ts";
import { sshFailed } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import type { HostShell } from "./host-shell.ts";
import { allOf } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** A transfer that stands still for so long ends when the host shell beside it has found the link dead. */
const stillMs = 9000;
/** And after so long it is told what igor waits for. */
const tellMs = 10_000;
const lookEveryMs = 500;

/** A shared connection holds the pipes of a session for as long as something runs at its far end: igor waits so long. */
const lastWordsMs = 1000;

/** What a transfer is watched with. */
export interface WatchMeans {
  readonly shell: HostShell;
  readonly onProgress: (bytes: number, percent: number | undefined) => void;
  /** Told when nothing has moved for a while. */
  readonly onStill: () => void;
  readonly signal: AbortSignal;
}

/** How a process ended, with what it said; `failure` when it was ended from here. */
export interface TransferEnd {
  readonly exitCode: number | undefined;
  readonly missing: boolean;
  readonly words: string;
  readonly failure: Failure | undefined;
}

/**
 * Ends a transfer when the user says so, when it stands still over a link that the host shell has found dead, and when it
 * stands still for good.
 */
export class TransferWatch {
  readonly #means: WatchMeans;
  readonly #stuckMs: number;
  /** As far as it was seen: what passes while igor itself stands still does not count. */
  #stillMs = 0;

  constructor(means: WatchMeans, stuckMs: number) {
    this.#means = means;
    this.#stuckMs = stuckMs;
  }

  moved(bytes: number, percent: number | undefined): void {
    this.#stillMs = 0;
    this.#means.onProgress(bytes, percent);
  }

  async endOf(child: Running): Promise<TransferEnd> {
    const { signal, shell } = this.#means;
    let failure: Failure | undefined;
    let death: Failure | undefined;
    let isOver = false;
    const stop = (because: Failure): void => {
      if (failure !== undefined) return;
      failure = because;
      child.end();
    };
    const cancel = (): void => stop({ reason: "cancelled" });
    signal.addEventListener("abort", cancel, { once: true });
    void shell.died.then((because) => (death = because));
    const timer = setInterval(() => {
      this.#stillMs += lookEveryMs;
      if (death !== undefined && this.#stillMs > stillMs) stop(death);
      else if (this.#stillMs >= this.#stuckMs) stop(this.#stuck());
      else if (this.#stillMs === tellMs) this.#means.onStill();
    }, lookEveryMs);
    let leave: NodeJS.Timeout | undefined;
    void child.gone.then(() => {
      const close = (): void => {
        for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
      };
      if (!isOver) leave = setTimeout(close, lastWordsMs);
    });
    const [words, ended] = await Promise.all([allOf(child.stderr), child.ended]);
    signal.removeEventListener("abort", cancel);
    clearInterval(timer);
    clearTimeout(leave);
    isOver = true;
    return { ...ended, words: words.toString("utf8"), failure };
  }

  #stuck(): Failure {
    const { host } = this.#means.shell.connection.host;
    return { reason: "unreachable", cause: "stuck", host, lastWords: [] };
  }
}

/** What the words of a transfer mean that went wrong; `step` is its title. */
export function transferFailure(
  { words, exitCode }: TransferEnd,
  step: string,
  host: string,
): Failure {
  const where = { host, lastWords: lastLines(words) };
  // What the tool says itself comes first: that its pipe broke then is no news of the link.
  const ofTool = words
    .split("\n")
    .filter((line) => /^(?:rsync|tar|mkdir|gzip|\/bin\/sh): /.test(line));
  const known = readFileSystemWords(ofTool.join("\n"), host);
  if (known !== undefined) return known;
  const link = readSshWords(words);
  if (link !== undefined) return { ...link, ...where };
  // rsync error: timeout in data send/receive (code 30); connection unexpectedly closed (code 12)
  const isCut = /io timeout|connection unexpectedly closed|error in rsync protocol/.test(words);
  // A session on a shared connection that is gone ends without a word.
  if (isCut || (exitCode === sshFailed && words.trim() === ""))
    return { reason: "unreachable", cause: "link-died", ...where };
  return { reason: "step-failed", step, exitCode, ...where };
}
