import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { debugGround } from "../app/debug.ts";
import { configurationOf } from "../debug/configuration.ts";
import type { DebugConfiguration, DebugWish } from "../debug/configuration.ts";
import { testAt } from "../debug/test-at.ts";
import type { DebugArgumentsFailure } from "../model/failure-debug.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { wordsOfLine } from "../request/command-line.ts";
import type { RequestOf } from "../request/commands.ts";
import { parseDebugWords } from "../request/debug-words.ts";
import type { DebugWords } from "../request/debug-words.ts";
import { usageFailure } from "../request/parse.ts";

/** What `:IgorDebug` was told. */
export interface DebugAsked {
  /** What stands behind it. */
  readonly line: string;
  readonly directory: string;
  /** The file in the window, absolute or empty, and the line of the cursor in it. */
  readonly debug: { readonly file: string; readonly line: number };
}

/** What is to be made ready, and what the debugger is to do then. */
export interface Debugging {
  /** Undefined where what is debugged runs already. */
  readonly setup: RequestOf<"setup"> | undefined;
  readonly configuration: DebugConfiguration;
}

/** What was debugged last, by the directory of its project. */
const before = new Map<string, DebugWish>();

/** Understands `:IgorDebug`. */
export async function debugging(asked: DebugAsked): Promise<Result<Debugging>> {
  const words = wordsOfLine(asked.line);
  if (words === undefined) return fail(usageFailure([], { kind: "quote-open", given: asked.line }));
  const parsed = parseDebugWords(words.map(({ text }) => text));
  if (!parsed.ok) return parsed;
  const { where } = parsed.value;
  const from = asked.debug.file === "" ? asked.directory : dirname(asked.debug.file);
  const ground = await debugGround(from, where);
  if (!ground.ok) return ground;
  const { project, host, group } = ground.value;
  const what = await whatOf(parsed.value, asked.debug);
  if (!what.ok) return what;
  const place = { root: project.root, hostGroup: group.name, host: host.host };
  const wish: DebugWish | undefined =
    what.value === "last"
      ? before.get(project.root)
      : { ...place, rank: parsed.value.rank, what: what.value, args: parsed.value.args };
  if (wish === undefined) return fail(mistake({ kind: "nothing-before" }));
  before.set(project.root, wish);
  return ok({
    configuration: configurationOf(wish),
    setup:
      wish.what.kind === "attach"
        ? undefined
        : {
            kind: "setup",
            hostGroup: wish.hostGroup,
            host: wish.host,
            plan: false,
            json: false,
            verbosity: "normal",
            replace: false,
            trust: false,
            adopt: false,
          },
  });
}

async function whatOf(
  { what }: DebugWords,
  { file, line }: DebugAsked["debug"],
): Promise<Result<DebugWish["what"] | "last">> {
  switch (what.kind) {
    case "last":
      return ok("last");
    case "module":
    case "attach":
      return ok(what);
    case "file":
    case "test": {
      if (!file.endsWith(".py")) return fail(mistake({ kind: "no-program", file }));
      if (what.kind === "file") return ok({ kind: "program", file });
      const text = await readFile(file, "utf8").catch(() => "");
      return ok({ kind: "test", file, test: testAt(text, line) });
    }
  }
}

function mistake(problem: DebugArgumentsFailure["problem"]): DebugArgumentsFailure {
  return { reason: "debug-arguments", problem };
}
