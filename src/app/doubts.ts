/** What came up that only a look at everything settles, one that begins later. */
export class Doubts {
  #raised = 1;
  #settled = 0;
  #lookedFor = 0;

  raise(): void {
    this.#raised += 1;
  }

  /** A look at everything begins; the value is called when it has succeeded. */
  look(): () => void {
    const raised = this.#raised;
    this.#lookedFor = raised;
    return () => (this.#settled = raised);
  }

  get areSettled(): boolean {
    return this.#settled === this.#raised;
  }

  /** Whether nothing came up since the last look began. */
  get areLookedFor(): boolean {
    return this.#lookedFor === this.#raised;
  }
}
