/** A key of a host that this machine knows. */
export interface KnownKey {
  /** e.g. `ED25519` */
  readonly types: readonly string[];
  /** e.g. `/home/dino/.ssh/known_hosts:3` */
  readonly at: string;
}

/** e.g. `ssh-keygen -l -F [10.99.0.11]:2222 -f /home/dino/.ssh/known_hosts` */
export function knownKeyArgv(name: string, file: string): readonly [string, ...string[]] {
  return ["ssh-keygen", "-l", "-F", name, "-f", file];
}

/**
 * Reads what that says of the keys in a file. A revoked key is none.
 * e.g. `# Host apollo found: line 3 CA` and `apollo ED25519 SHA256:U/C57K... comment`
 */
export function parseKnownKeys(text: string, file: string): KnownKey | undefined {
  const found = [...text.matchAll(/^# Host .* found: line (\d+) *(CA|REVOKED)?\s*\n\S+ (\S+) /gm)]
    .filter(([, , mark]) => mark !== "REVOKED")
    .map(([, line = "", mark = "", type = ""]) => ({ line, type: `${type} ${mark}`.trim() }));
  const [first] = found;
  if (first === undefined) return undefined;
  return { types: [...new Set(found.map(({ type }) => type))], at: `${file}:${first.line}` };
}
