/**
 * One word for a POSIX shell, whatever it holds: the only way igor puts a value into shell text.
 * e.g. `it's` becomes `'it'\''s'`
 */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Inputs of a remote program as the assignments that stand before its text: `in_dir='/srv/x'`. */
export function assignments(inputs: Readonly<Record<string, string>>): string {
  return Object.entries(inputs)
    .map(([name, value]) => {
      if (!/^in_[a-z0-9_]+$/.test(name)) throw new Error(`not the name of an input: ${name}`);
      if (value.includes("\0")) throw new Error(`the input ${name} holds a NUL`);
      return `${name}=${quote(value)}\n`;
    })
    .join("");
}
