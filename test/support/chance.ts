/** Random choices that a seed brings back. */
export interface Chance {
  /** A whole number from 0, below this one. */
  number(below: number): number;
  one<T>(items: readonly T[]): T;
}

/** The same choices for the same seed. */
export function chanceOf(seed: number): Chance {
  const next = numbersFrom(seed);
  const number = (below: number): number => Math.floor(next() * below);
  return { number, one: (items) => items[number(items.length)]! };
}

/** mulberry32 */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
