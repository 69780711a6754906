import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Failure } from "../model/failure.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand, restrictedBootCommand } from "../remote/boot.ts";
import type { LoginShell } from "../remote/boot.ts";
import { parseAnswer } from "../remote/frame.ts";
import type { Answer } from "../remote/frame.ts";
import { hostShell } from "../remote/programs.ts";
import { readOtherKey, readSshWords } from "../remote/read-ssh.ts";
import { sessionArgv, sshFailed, stopSharingArgv, unshared } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines, noteLogin } from "./connection.ts";
import { HostShell } from "./host-shell.ts";
import type { Opened } from "./host-shell.ts";
import { lineReader } from "./read-lines.ts";
import { runToEnd, startProcess } from "./spawn.ts";

/** After so many seconds without a sign of life from here, the far end ends what it runs. */
const farSilence = 8;
/** A shared connection that has not opened a session by then may be dead: a new one is tried beside it. */
const sharedOpensWithinMs = 6000;
/** A login with everything that startup files do; ConnectTimeout ends what does not answer at all much earlier. */
const opensWithinMs = 20_000;

/** ssh and startup files say a few lines; a host that never stops does not fill the memory here. */
const mostWords = 1_000_000;

/** Whoever waits so long is told for what. */
const tellsAfterMs = 5000;

/** What goes along while a host shell is opened. */
export interface OpeningWatch {
  /** Told once when the host takes its time. */
  readonly onWait?: () => void;
  /** Told when opening takes a second try, with the reason in a few words. */
  readonly onRetry?: (because: string) => void;
  /** Told when ssh logged in although the host showed another key than the one that is known, at `keyAt`. */
  readonly onOtherKey?: (keyAt: string | undefined) => void;
  /** Ends what is not open yet, with the failure `cancelled`. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the host shell: two round trips on a shared connection, a whole login without one.
 * Beside a shared connection that does not answer a new one is tried, visibly; the first that answers is taken.
 */
export async function openHostShell(
  connection: Connection,
  watch: OpeningWatch = {},
): Promise<Result<HostShell>> {
  const patience = setTimeout(() => watch.onWait?.(), tellsAfterMs);
  const shell = await openAnyhow(connection, watch);
  clearTimeout(patience);
  return shell;
}

async function openAnyhow(connection: Connection, watch: OpeningWatch): Promise<Result<HostShell>> {
  const { onRetry = () => undefined, signal } = watch;
  const isShared = existsSync(connection.controlPath ?? connection.settings.controlPath ?? "");
  const first = new Opening(connection, { boot: bootCommand, signal });
  const early = deadline(isShared ? sharedOpensWithinMs : opensWithinMs);
  const outcome = await Promise.race([first.outcome, early.passed]);
  early.stop();
  if (outcome !== "passed") return opened(connection, outcome, watch);
  if (!isShared) return first.giveUp();
  onRetry("the shared connection does not answer");
  const fresh = await renewed(connection);
  const second = new Opening(fresh, { boot: bootCommand, signal });
  const late = deadline(opensWithinMs);
  const winner = await Promise.race([
    first.outcome.then((value) => (value.ok ? "first" : second.outcome.then(() => "second"))),
    second.outcome.then(() => "second"),
    late.passed,
  ]);
  late.stop();
  if (winner === "first") {
    second.end();
    return opened(connection, await first.outcome, watch);
  }
  first.end();
  return winner === "second" ? opened(fresh, await second.outcome, watch) : second.giveUp();
}

/**
 * The connection to try when the shared one is in doubt, another value in each case. Our own is taken out of use, and the
 * next session makes a new one; one of the user's own configuration is left to the user, and not used.
 */
export async function renewed(connection: Connection): Promise<Connection> {
  if (connection.controlPath === undefined) return unshared(connection);
  await runToEnd(stopSharingArgv(connection));
  return { ...connection };
}

async function opened(
  connection: Connection,
  outcome: Outcome,
  watch: OpeningWatch,
): Promise<Result<HostShell>> {
  if (outcome.ok) return ok(shellOf(connection, outcome.value, { ...watch, isRestricted: false }));
  if (outcome.failure.reason !== "restricted-shell") return fail(outcome.failure);
  const again = new Opening(connection, {
    boot: restrictedBootCommand,
    signal: watch.signal,
  });
  const patience = deadline(opensWithinMs);
  const second = await Promise.race([again.outcome, patience.passed]);
  patience.stop();
  if (second === "passed") return again.giveUp();
  if (second.ok) return ok(shellOf(connection, second.value, { ...watch, isRestricted: true }));
  if (second.failure.reason !== "restricted-shell") return fail(second.failure);
  return fail({
    reason: "shell-refused",
    cause: "restricted",
    host: connection.host.host,
    lastWords: [],
  });
}

function shellOf(
  connection: Connection,
  way: Opened,
  { isRestricted, onOtherKey }: OpeningWatch & Pick<LoginShell, "isRestricted">,
): HostShell {
  if (way.otherKey !== undefined) onOtherKey?.(way.otherKey.keyAt);
  const login = { isRestricted, prints: way.printed };
  noteLogin(connection, login);
  return new HostShell(connection, way, login);
}

type Outcome = Result<Opened, Failure | { readonly reason: "restricted-shell" }>;

/** One ssh on its way to the hello of the far end; nothing is sent before, since a startup file might read it. */
class Opening {
  readonly outcome: Promise<Outcome>;
  readonly #connection: Connection;
  readonly #process;
  #words = "";
  #noise = "";

  constructor(
    connection: Connection,
    {
      boot,
      signal,
    }: { readonly boot: typeof bootCommand; readonly signal: AbortSignal | undefined },
  ) {
    this.#connection = connection;
    const nonce = randomBytes(9).toString("hex");
    const command = boot(hostShell, [nonce, String(farSilence)]);
    const child = startProcess(sessionArgv(connection, command, "no-tty"), { apart: true });
    this.#process = child;
    child.stderr?.on("data", (chunk: Buffer) => {
      if (this.#words.length < mostWords) this.#words += chunk.toString("utf8");
    });
    let listener: (answer: Answer) => void = () => undefined;
    const hello = new Promise<Outcome>((resolve) => {
      const reader = lineReader((line) => {
        const answer = parseAnswer(nonce, line);
        if (answer === undefined) this.#noise = `${this.#noise}${line}\n`.slice(-4000);
        else if (answer.kind === "hello") {
          const before = this.#words.length;
          const words = (): string => this.#words.slice(before);
          const hear: Opened["hear"] = (to) => (listener = to);
          // What was printed on stderr before may be read after it.
          setImmediate(() => {
            const otherKey = readOtherKey(this.#words);
            const printed = !`${this.#noise}${line}`.startsWith(nonce) || this.#words !== "";
            resolve(ok({ process: child, nonce, printed, hear, words, otherKey }));
          });
        } else listener(answer);
      });
      child.stdout?.on("data", (chunk: Buffer) => reader.write(chunk));
    });
    const end = child.ended.then((ended): Outcome => {
      if (ended.missing) {
        const { host } = connection.host;
        return fail({
          reason: "not-installed",
          program: "ssh",
          where: "laptop",
          host,
          lastWords: [],
        });
      }
      // rbash: line 1: exec: restricted
      if (boot === bootCommand && /restricted/.test(this.#words))
        return fail({ reason: "restricted-shell" });
      return fail(this.#noHello(ended.exitCode === sshFailed ? "other" : "startup-file"));
    });
    const settled = new AbortController();
    const cancelled = new Promise<Outcome>((resolve) => {
      const cancel = (): void => {
        this.end();
        resolve(fail({ reason: "cancelled" }));
      };
      signal?.addEventListener("abort", cancel, { once: true, signal: settled.signal });
      if (signal?.aborted === true) cancel();
    });
    this.outcome = Promise.race([hello, end, cancelled]).finally(() => settled.abort());
  }

  end(): void {
    this.#process.end("SIGKILL");
  }

  /** It took too long. */
  giveUp(): { readonly ok: false; readonly failure: Failure } {
    this.end();
    return fail(this.#noHello("no-answer"));
  }

  /**
   * Why the far end never said hello: the link, or what startup files or the host's rules did to our command.
   * `otherwise` where no words tell: a link that fails has some, a remote shell that was killed has none.
   */
  #noHello(otherwise: "other" | "startup-file" | "no-answer"): Failure {
    const seen = this.#words + this.#noise;
    const base = { host: this.#connection.host.host, lastWords: lastLines(seen) };
    const link = readSshWords(this.#words);
    if (link !== undefined) return { ...link, ...base };
    if (/mkdir: .*igor\./.test(seen))
      return { reason: "shell-refused", cause: "no-temporary-directory", ...base };
    if (/restricted|only allow|connections only/i.test(seen))
      return { reason: "shell-refused", cause: "restricted", ...base };
    if (otherwise === "no-answer") return { reason: "shell-refused", cause: otherwise, ...base };
    return otherwise === "other" && this.#words !== ""
      ? { reason: "unreachable", cause: "other", ...base }
      : { reason: "shell-refused", cause: "startup-file", ...base };
  }
}

function deadline(afterMs: number): { passed: Promise<"passed">; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<"passed">((resolve) => {
    timer = setTimeout(() => resolve("passed"), afterMs);
  });
  return { passed, stop: () => clearTimeout(timer) };
}
