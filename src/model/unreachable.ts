/**
 * Ends an exhaustive `switch`: a union member without a `case` is a compile error here, and a bug
 * at run time.
 */
export function unreachable(value: never): never {
  throw new Error(`This cannot be: ${JSON.stringify(value)}`);
}
