/**
 * A pattern of paths, as `docker_rebuild_files`, `.dockerignore` and COPY use them, as a regular expression for the whole
 * path: `*` and `?` stay within a component, `**` crosses them, `[a-z]` is a set, a backslash takes the next character as
 * it is. e.g. `docs/**` matches `docs/a/b.md`
 */
export function patternToRegExp(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at);
    const set = /^\[(\^?)([^\]]+)\]/.exec(rest);
    if (rest.startsWith("**/")) {
      source += "(?:.*/)?";
      at += 2;
    } else if (rest.startsWith("**")) {
      source += ".*";
      at += 1;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
    } else if (rest.startsWith("?")) {
      source += "[^/]";
    } else if (set !== null) {
      source += `[${set[1] ?? ""}${(set[2] ?? "").replaceAll("\\", "\\\\").replaceAll("[", "\\[")}]`;
      at += set[0].length - 1;
    } else if (rest.startsWith("\\") && rest.length > 1) {
      source += escaped(rest.charAt(1));
      at += 1;
    } else {
      source += escaped(rest.charAt(0));
    }
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    // Docker has the better words for a set like [z-a].
    return /(?!)/;
  }
}

/** Whether the word means more than the one path it spells. */
export function isPattern(word: string): boolean {
  return /[*?[\\]/.test(word);
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
