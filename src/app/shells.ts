import type { Host } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import { fail, ok } from "../model/result.ts";
import { findConnection } from "../run/connection.ts";
import type { HostShell } from "../run/host-shell.ts";
import { openHostShell, renewed } from "../run/open-host-shell.ts";
import type { Connection } from "../remote/ssh.ts";

/** What is as good as open when the user cancels still ends things in order there; nobody waits longer. */
const orderlyMs = 500;

/** What a user is told while shells are opened. */
export interface ShellsTold {
  /** Opening takes a second try, with the reason in a few words. */
  readonly retry?: (host: Host, because: string) => void;
  /** ssh logged in although the host showed another key than the one that is known, at `keyAt`. */
  readonly otherKey?: (host: Host, keyAt: string | undefined) => void;
  /** A host takes its time; `note` says with what. */
  readonly wait?: (host: Host, note: string) => void;
}

/** The open host shells of one action, one per host, opened at the first demand. */
export class Shells implements AsyncDisposable {
  readonly #told: ShellsTold;
  readonly #signal: AbortSignal;
  readonly #openings = new Set<AbortController>();
  readonly #connections = new Map<string, Promise<Result<Connection>>>();
  readonly #shells = new Map<string, Promise<Result<HostShell>>>();

  constructor(told: ShellsTold, signal: AbortSignal) {
    this.#told = told;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#endOpeningsSoon(), { once: true });
  }

  /** How to reach the host, without touching the network. */
  connection(host: Host): Promise<Result<Connection>> {
    return remembered(this.#connections, host.host, () => findConnection(host));
  }

  /** The open host shell; every caller gets the same one. */
  open(host: Host): Promise<Result<HostShell>> {
    return remembered(this.#shells, host.host, async () => {
      const connection = await this.connection(host);
      if (!connection.ok) return fail(connection.failure);
      const opening = new AbortController();
      this.#openings.add(opening);
      if (this.#signal.aborted) this.#endOpeningsSoon();
      const shell = await openHostShell(connection.value, {
        onRetry: (because) => this.#told.retry?.(host, because),
        onOtherKey: (keyAt) => this.#told.otherKey?.(host, keyAt),
        onWait: () => this.#told.wait?.(host, "waiting for the login there"),
        signal: opening.signal,
      });
      this.#openings.delete(opening);
      // Where the first connection was dead, other sessions go the new way, too.
      if (shell.ok) this.#connections.set(host.host, resolved(shell.value.connection));
      return shell;
    });
  }

  /** Forgets a shell whose link died, so that the next demand opens a new one, over a new connection. */
  async forget(host: Host): Promise<void> {
    const shell = await this.#shells.get(host.host);
    this.#shells.delete(host.host);
    if (shell?.ok !== true) return;
    shell.value[Symbol.dispose]();
    this.#connections.set(host.host, resolved(await renewed(shell.value.connection)));
  }

  /** Ends the shells that are open, or are being opened; the next demand opens new ones. */
  async close(): Promise<void> {
    this.#endOpenings();
    const shells = await Promise.all(this.#shells.values());
    this.#shells.clear();
    for (const shell of shells) if (shell.ok) shell.value[Symbol.dispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #endOpeningsSoon(): void {
    setTimeout(() => this.#endOpenings(), orderlyMs).unref();
  }

  #endOpenings(): void {
    for (const opening of this.#openings) opening.abort();
  }
}

function resolved<T>(value: T): Promise<Result<T>> {
  return Promise.resolve(ok(value));
}

function remembered<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
