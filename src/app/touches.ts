/** A save is over when nothing was touched for so long; what is written without a pause is looked at all the same. */
const quietMs = 3;
const mostMs = 100;

/** Paths that were touched, until a save is over. Node does not go on for its sake. */
export class Touches implements Disposable {
  readonly #onQuiet: () => void;
  #paths = new Set<string>();
  #first: number | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(onQuiet: () => void) {
    this.#onQuiet = onQuiet;
  }

  add(path: string): void {
    this.#paths.add(path);
    const now = performance.now();
    this.#first ??= now;
    clearTimeout(this.#soon);
    const wait = Math.max(0, Math.min(quietMs, this.#first + mostMs - now));
    this.#soon = setTimeout(this.#onQuiet, wait).unref();
  }

  /** What was touched since the last time. */
  take(): ReadonlySet<string> {
    const paths = this.#paths;
    this[Symbol.dispose]();
    return paths;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#soon);
    this.#paths = new Set();
    this.#first = undefined;
  }
}
