/** More of them are not looked at one by one. */
const few = 200;

/**
 * Files with more than one name (hard links). The system tells of a write by the name that was written to, and that may be
 * anywhere: so these are looked at whenever somebody asks.
 */
export class LinkedFiles {
  readonly #paths = new Set<string>();

  /** Whether looking at them is enough; else everything has to be looked at. */
  get areFew(): boolean {
    return this.#paths.size <= few;
  }

  get paths(): ReadonlySet<string> {
    return this.#paths;
  }

  /** Of these files, those have other names; the value: whether that is new of one of them. */
  know(paths: Iterable<string>, linked: readonly string[]): boolean {
    const areNew = linked.some((path) => !this.#paths.has(path));
    for (const path of paths) this.#paths.delete(path);
    for (const path of linked) this.#paths.add(path);
    return areNew;
  }
}
