import type { Host } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import { fail } from "../model/result.ts";
import type { Connection } from "../remote/ssh.ts";
import type { HostShell } from "../run/host-shell.ts";
import type { HostShells } from "./host-shells.ts";

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

/** What one action sees of the open host shells: one for each host from its first demand on, until it is forgotten. */
export class Shells implements Disposable {
  readonly #open: HostShells;
  readonly #told: ShellsTold;
  readonly #signal: AbortSignal;
  readonly #shells = new Map<string, Promise<Result<HostShell>>>();
  /** All that were ever asked for, with their openings. */
  readonly #asked: (readonly [Host, Promise<Result<HostShell>>])[] = [];
  #isOver = false;

  constructor(open: HostShells, told: ShellsTold, signal: AbortSignal) {
    this.#open = open;
    this.#told = told;
    this.#signal = signal;
  }

  /** How to reach the host, without touching the network. */
  connection(host: Host): Promise<Result<Connection>> {
    return this.#open.connection(host);
  }

  /** The open host shell; every caller gets the same one. */
  open(host: Host): Promise<Result<HostShell>> {
    const found = this.#shells.get(host.host);
    if (found !== undefined) return found;
    const opening = this.#opened(host);
    this.#asked.push([host, opening]);
    const opened = this.#unlessCancelled(opening);
    this.#shells.set(host.host, opened);
    return opened;
  }

  /** Forgets a shell whose link died, so that the next demand opens a new one, over a new connection. */
  async forget(host: Host): Promise<void> {
    const shell = await this.#shells.get(host.host);
    this.#shells.delete(host.host);
    if (shell?.ok === true) await this.#open.forget(host, shell.value);
  }

  /** Ends the shells that are open, or are being opened; the next demand opens new ones. */
  async close(): Promise<void> {
    this.#shells.clear();
    await Promise.all(this.#asked.map(([host]) => this.#open.close(host)));
  }

  /** Gives the shells back. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const [host, opening] of this.#asked) {
      void opening.then((shell) => {
        if (shell.ok) this.#open.release(host, shell.value);
      });
    }
  }

  #opened(host: Host): Promise<Result<HostShell>> {
    // An action that is over is told nothing of an opening that others wait for.
    const told = (): ShellsTold => (this.#isOver ? {} : this.#told);
    return this.#open.open(host, {
      onRetry: (because) => told().retry?.(host, because),
      onOtherKey: (keyAt) => told().otherKey?.(host, keyAt),
      onWait: () => told().wait?.(host, "waiting for the login there"),
    });
  }

  #unlessCancelled(opening: Promise<Result<HostShell>>): Promise<Result<HostShell>> {
    const signal = this.#signal;
    return new Promise((resolve) => {
      const leave = (): void => {
        setTimeout(() => resolve(fail({ reason: "cancelled" })), orderlyMs).unref();
      };
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      void opening.then((shell) => {
        signal.removeEventListener("abort", leave);
        resolve(shell);
      });
    });
  }
}
