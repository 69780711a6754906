import type { Host } from "../model/project.ts";
import { within } from "../run/within.ts";

/** What one host has not been sent yet. */
export class Follower {
  readonly host: Host;
  readonly #signal: AbortSignal;
  #touched = new Set<string>();
  #wake: () => void = () => undefined;

  constructor(host: Host, signal: AbortSignal) {
    this.host = host;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  touch(paths: Iterable<string>): void {
    for (const path of paths) this.#touched.add(path);
    this.#wake();
  }

  /** What was touched since the last time, as soon as there is something, the host is lost, or igor is to end. */
  async next(lost: Promise<unknown>): Promise<ReadonlySet<string>> {
    if (this.#touched.size === 0) await Promise.race([lost, this.#awake()]);
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Waits, but not longer than until something else is touched. */
  async pause(ms: number): Promise<void> {
    await within(ms, () => this.#awake());
  }

  #awake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#signal.aborted) resolve();
    });
  }
}
