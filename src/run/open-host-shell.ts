import { randomBytes } from "node:crypto";
import type { Failure } from "../model/failure.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand, restrictedBootCommand } from "../remote/boot.ts";
import { parseAnswer } from "../remote/frame.ts";
import type { Answer } from "../remote/frame.ts";
import { hostShell } from "../remote/programs.ts";
import { readSshWords } from "../remote/read-ssh.ts";
import { closeArgv, sessionArgv, unshared } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import { HostShell } from "./host-shell.ts";
import type { Opened } from "./host-shell.ts";
import { lineReader } from "./read-lines.ts";
import { runToEnd, startProcess } from "./spawn.ts";

/** Seconds without a ping after which the far end takes the link for dead. */
const farSilence = 10;
/** A shared connection that has not opened a session by then is taken for dead. */
const sharedOpensWithinMs = 6000;
/** A cold login with everything; ConnectTimeout ends what does not answer at all much earlier. */
const opensWithinMs = 30_000;

/** Told when opening takes a second try, with the reason in a few words. */
export type OnRetry = (because: string) => void;

/**
 * Opens the host shell: two round trips on a shared connection, a whole login without one.
 * A shared connection that does not answer is given up once, visibly, for a new one.
 */
export async function openHostShell(
  connection: Connection,
  onRetry: OnRetry = () => undefined,
): Promise<Result<HostShell>> {
  const first = await open(connection, bootCommand);
  if (first.ok) return ok(new HostShell(connection, first.value));
  if (first.failure.reason === "shared-connection-dead") {
    onRetry("the shared connection does not answer");
    // Only our own is ended; a connection of the user's own configuration is left to the user.
    if (connection.controlPath !== undefined) await runToEnd(closeArgv(connection));
    const fresh = connection.controlPath === undefined ? unshared(connection) : connection;
    return settle(fresh, await open(fresh, bootCommand));
  }
  if (first.failure.reason === "restricted")
    return settle(connection, await open(connection, restrictedBootCommand));
  return fail(first.failure);
}

function settle(connection: Connection, opened: Result<Opened, OpenFailure>): Result<HostShell> {
  const { host } = connection.host;
  if (opened.ok) return ok(new HostShell(connection, opened.value));
  if (opened.failure.reason === "shared-connection-dead") {
    return fail({ reason: "unreachable", cause: "timed-out", host, lastWords: [] });
  }
  if (opened.failure.reason === "restricted") {
    return fail({ reason: "shell-refused", cause: "restricted", host, lastWords: [] });
  }
  return fail(opened.failure);
}

type OpenFailure =
  Failure | { readonly reason: "shared-connection-dead" } | { readonly reason: "restricted" };

/** Starts ssh and waits for the hello of the far end; nothing is sent before, since a startup file might read it. */
async function open(
  connection: Connection,
  boot: typeof bootCommand,
): Promise<Result<Opened, OpenFailure>> {
  const nonce = randomBytes(9).toString("hex");
  const command = boot(hostShell, [nonce, String(farSilence)]);
  const child = startProcess(sessionArgv(connection, command, "no-tty"), { apart: true });
  let words = "";
  let noise = "";
  child.stderr?.on("data", (chunk: Buffer) => (words += chunk.toString("utf8")));
  let listener: (answer: Answer) => void = () => undefined;
  const hello = new Promise<"hello">((resolve) => {
    const reader = lineReader((line) => {
      const answer = parseAnswer(nonce, line);
      if (answer === undefined) noise = `${noise}${line}\n`.slice(-4000);
      else if (answer.kind === "hello") resolve("hello");
      else listener(answer);
    });
    child.stdout?.on("data", (chunk: Buffer) => reader.write(chunk));
  });
  const patience = deadline(
    connection.controlPath === "none" ? opensWithinMs : sharedOpensWithinMs,
  );
  let outcome = await Promise.race([hello, child.ended, patience.passed]);
  if (outcome === "passed" && connection.controlPath !== "none" && !(await isShared(connection))) {
    // A login that is merely slow: there is no shared connection yet that could be dead.
    const longer = deadline(opensWithinMs - sharedOpensWithinMs);
    outcome = await Promise.race([hello, child.ended, longer.passed]);
    longer.stop();
    if (outcome === "passed") {
      child.end("SIGKILL");
      return fail(noHello(connection, { words, noise, cause: "timed-out" }));
    }
  }
  patience.stop();
  if (outcome === "hello") {
    return ok({ process: child, nonce, hear: (to) => (listener = to), words: () => words });
  }
  if (outcome === "passed") {
    child.end("SIGKILL");
    return fail({ reason: "shared-connection-dead" });
  }
  if (outcome.missing) {
    return fail({
      reason: "not-installed",
      program: "ssh",
      where: "laptop",
      host: connection.host.host,
      lastWords: [],
    });
  }
  // rbash: line 1: exec: restricted
  if (/restricted/.test(words) && boot === bootCommand) return fail({ reason: "restricted" });
  return fail(noHello(connection, { words, noise, cause: "ended" }));
}

/** Why the far end never said hello: the link, or what the user's startup files or the host's rules did to our command. */
function noHello(
  { host }: Connection,
  seen: { readonly words: string; readonly noise: string; readonly cause: "ended" | "timed-out" },
): Failure {
  const base = { host: host.host, lastWords: lastLines(seen.words + seen.noise) };
  const link = readSshWords(seen.words);
  if (link !== undefined) return { ...link, ...base };
  if (/mkdir: .*igor\./.test(seen.words))
    return { reason: "shell-refused", cause: "no-temporary-directory", ...base };
  if (/restricted|only allow|connections only/i.test(seen.words + seen.noise)) {
    return { reason: "shell-refused", cause: "restricted", ...base };
  }
  return { reason: "shell-refused", cause: "startup-file", ...base };
}

/** Whether a shared connection claims to be there. It may be dead all the same. */
async function isShared(connection: Connection): Promise<boolean> {
  const [ssh, ...rest] = closeArgv(connection);
  const check = await runToEnd([ssh, ...rest.map((word) => (word === "exit" ? "check" : word))]);
  return check.exitCode === 0;
}

function deadline(afterMs: number): { passed: Promise<"passed">; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<"passed">((resolve) => {
    timer = setTimeout(() => resolve("passed"), afterMs);
  });
  return { passed, stop: () => clearTimeout(timer) };
}
