import fc from "fast-check";
import { expect, test } from "vitest";
import { commandOf, kinds } from "../../src/request/commands.ts";
import type { HostRequest } from "../../src/request/commands.ts";
import { parse } from "../../src/request/parse.ts";
import { wordsOf } from "../../src/request/words.ts";

/** A request by its words; these must be right. */
function asked(line: string): HostRequest {
  const parsed = parse(line.split(" "));
  if (!parsed.ok || !("plan" in parsed.value)) throw new Error(`${line} asks no host`);
  return parsed.value;
}

test.each([
  ["push", "push"],
  ["--json -q push --adopt", "push --adopt --json -q"],
  ["docker exec --host_group cluster -T ls --json", "docker exec -T -g cluster ls --json"],
  ["docker repl -- --version", "docker repl -- --version"],
  ["docker clean -g dev --images", "docker clean --images"],
])("igor %s is short for igor %s", (line, words) => {
  expect(wordsOf(asked(line)).join(" ")).toBe(words);
});

test("the words of every request ask for it", () => {
  const host = kinds.filter((kind) => commandOf(kind).options.some((name) => name === "plan"));
  const option = fc.constantFrom(
    ...["-g", "a", "--host", "b", "--plan", "--json", "-q", "-v", "--adopt", "--replace"],
    ...["--images", "-t", "-T", "--", "ls", "-x", "--json=1", ""],
  );
  fc.assert(
    fc.property(fc.constantFrom(...host), fc.array(option), (kind, words) => {
      const parsed = parse([...commandOf(kind).words, ...words]);
      if (!parsed.ok || !("plan" in parsed.value)) return;
      expect(parse(wordsOf(parsed.value))).toEqual(parsed);
    }),
    { numRuns: 1000 },
  );
});
