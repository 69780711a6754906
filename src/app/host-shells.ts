import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { findConnection } from "../run/connection.ts";
import type { HostShell } from "../run/host-shell.ts";
import { openHostShell, renewed } from "../run/open-host-shell.ts";
import type { OpeningWatch } from "../run/open-host-shell.ts";
import type { Connection } from "../remote/ssh.ts";
import { within } from "../run/within.ts";

/** A shell of which nothing was heard for so long is asked whether it is there before anybody relies on it. */
const doubtedAfterMs = 5000;
/** So long it has to answer, which is longer than a line takes; the pings would take four times as long to notice. */
const answersWithinMs = 2000;
/** A shell that was closed goes a round trip later; one that does not is ended. */
const goesWithinMs = 1000;

/** What whoever waits for a shell is told. */
export type OpeningTold = Omit<OpeningWatch, "signal">;

/** The way to a host, and the shell there, when it is open or being opened. */
interface Way {
  readonly key: string;
  connection: Promise<Result<Connection>>;
  opening: Promise<Result<HostShell>> | undefined;
  shell: HostShell | undefined;
  readonly waiting: Set<OpeningTold>;
  readonly end: AbortController;
  users: number;
  usedAt: number;
}

/**
 * Open host shells, one for each way to a host, for any number of actions at the same time. One that dies is opened anew
 * at the next demand, and nobody is told before. While nobody uses them they do not keep Node from ending.
 */
export class HostShells implements AsyncDisposable {
  readonly #now: () => number;
  readonly #ways = new Map<string, Way>();
  /** Where a link died: a shared connection that was in it is no good either. */
  readonly #lost = new Set<string>();
  #isOver = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How to reach the host, without touching the network. */
  connection(host: Host): Promise<Result<Connection>> {
    return this.#wayTo(host).connection;
  }

  /** The open host shell, the same for everybody. Each success is to be released. */
  async open(host: Host, told: OpeningTold): Promise<Result<HostShell>> {
    await this.#askSilent(host, told);
    // Nobody would end it.
    if (this.#isOver) return fail({ reason: "cancelled" });
    const way = this.#wayTo(host);
    way.users += 1;
    way.shell?.ref();
    way.waiting.add(told);
    way.opening ??= this.#opened(way);
    const shell = await way.opening;
    way.waiting.delete(told);
    if (!shell.ok) way.users -= 1;
    return shell;
  }

  /** Somebody who used it does not any more. */
  release(host: Host, shell: HostShell): void {
    const way = this.#ways.get(keyOf(host));
    if (way?.shell !== shell) return;
    way.users -= 1;
    way.usedAt = this.#now();
    if (way.users === 0) shell.unref();
  }

  /** Takes a shell whose link died out of use, for everybody; the next demand opens a new one, over a new connection. */
  async forget(host: Host, shell: HostShell): Promise<void> {
    const key = keyOf(host);
    const way = this.#ways.get(key);
    shell[Symbol.dispose]();
    // Somebody else has seen it, too.
    if (way !== undefined && way.shell !== shell) return;
    this.#lost.delete(key);
    const connection = renewed(shell.connection).then((value) => ok(value));
    this.#ways.set(key, this.#newWay(key, connection));
    await connection;
  }

  /** Ends the shell to a host, or its opening. */
  close(host: Host): Promise<void> {
    return this.#close(keyOf(host));
  }

  /** Ends the shells that nobody has used since then. */
  async closeUnused(since: number): Promise<void> {
    const unused = [...this.#ways.values()].filter(
      ({ users, usedAt }) => users === 0 && usedAt < since,
    );
    await Promise.all(unused.map(({ key }) => this.#close(key)));
  }

  /** Ends all, and waits until no ssh is left. */
  async end(): Promise<void> {
    const shells = [...this.#ways.values()].flatMap(({ shell }) => shell ?? []);
    await this[Symbol.asyncDispose]();
    for (const shell of shells) {
      shell.ref();
      await within(goesWithinMs, () => shell.gone);
      shell.kill();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#ways.keys()].map((key) => this.#close(key)));
  }

  async #close(key: string): Promise<void> {
    const way = this.#ways.get(key);
    this.#ways.delete(key);
    way?.end.abort();
    const shell = await way?.opening;
    if (shell?.ok === true) shell.value[Symbol.dispose]();
  }

  #wayTo(host: Host): Way {
    const key = keyOf(host);
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const isLost = this.#lost.delete(key);
    const way = this.#newWay(key, isLost ? findWithoutOurs(host) : findConnection(host));
    this.#ways.set(key, way);
    return way;
  }

  #newWay(key: string, connection: Way["connection"]): Way {
    return {
      key,
      connection,
      opening: undefined,
      shell: undefined,
      waiting: new Set(),
      end: new AbortController(),
      users: 0,
      usedAt: this.#now(),
    };
  }

  async #opened(way: Way): Promise<Result<HostShell>> {
    const tell = (what: (told: OpeningTold) => void): void => way.waiting.forEach(what);
    const connection = await way.connection;
    const shell = connection.ok
      ? await openHostShell(connection.value, {
          onRetry: (because) => tell((told) => told.onRetry?.(because)),
          onOtherKey: (keyAt) => tell((told) => told.onOtherKey?.(keyAt)),
          onWait: () => tell((told) => told.onWait?.()),
          signal: way.end.signal,
        })
      : connection;
    if (shell.ok) {
      way.shell = shell.value;
      // Where the first connection was dead, other sessions go the new way, too.
      way.connection = Promise.resolve(ok(shell.value.connection));
      void shell.value.died.then(() => this.#bury(way));
    } else if (this.#ways.get(way.key) === way) this.#ways.delete(way.key);
    return shell;
  }

  #bury(way: Way): void {
    if (this.#ways.get(way.key) !== way) return;
    this.#ways.delete(way.key);
    this.#lost.add(way.key);
    way.shell?.[Symbol.dispose]();
  }

  /** A laptop that slept, or is in another network now, does not know yet what became of its links. */
  async #askSilent(host: Host, told: OpeningTold): Promise<void> {
    const shell = this.#ways.get(keyOf(host))?.shell;
    if (shell === undefined || shell.silentMs < doubtedAfterMs) return;
    const answered = await within(answersWithinMs, () => shell.roundTrip());
    if (answered !== undefined) return;
    told.onRetry?.("the connection does not answer");
    await this.forget(host, shell);
  }
}

/** What tells ways to hosts apart. */
function keyOf({ host, user, port }: Host): string {
  return JSON.stringify([host, user, port]);
}

/** Our own shared connection is not used any further; one of the user's own configuration is the user's to judge. */
async function findWithoutOurs(host: Host): Promise<Result<Connection>> {
  const found = await findConnection(host);
  if (!found.ok) return fail(found.failure);
  return found.value.controlPath === undefined ? found : ok(await renewed(found.value));
}
