import { posix } from "node:path";
import { parentsOf } from "./difference.ts";
import { patternToRegExp } from "./path-pattern.ts";

/**
 * Which paths a `.dockerignore` keeps out of a build. Patterns are anchored at the context; one that matches a directory
 * takes what is in it along; the last line that matches decides, `!` takes a path back in.
 */
export function parseDockerignore(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || line.startsWith("#")) return [];
    const ignores = !trimmed.startsWith("!");
    const pattern = posix
      .normalize(ignores ? trimmed : trimmed.slice(1).trim())
      .replace(/^\/+|\/+$/g, "");
    return pattern === "" || pattern === "."
      ? []
      : [{ ignores, matches: patternToRegExp(pattern) }];
  });
  return (path) => {
    const paths = [path, ...parentsOf(path)];
    let ignored = false;
    for (const rule of rules) {
      if (rule.ignores !== ignored && paths.some((each) => rule.matches.test(each)))
        ignored = rule.ignores;
    }
    return ignored;
  };
}
