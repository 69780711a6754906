import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Chance } from "./chance.ts";
import type { DapClient } from "./dap-client.ts";

/** What was seen on the way. */
export interface Seen {
  stops: number;
  comparisons: number;
  /** Answers that igor gave without asking debugpy. */
  ahead: number;
  /** Stops that were over before they were looked at. */
  movedOn: number;
  /** What was done, the last at the end. */
  readonly log: string[];
}

/** A session that is being walked through. */
export interface Walk {
  readonly client: DapClient;
  readonly chance: Chance;
  readonly seen: Seen;
  readonly file: string;
  /** Lines that breakpoints may stand on. */
  readonly lines: readonly number[];
}

/** Answers of igor's own have numbers from here on. */
const ownSeq = 1_000_000;

/**
 * Whether something is another one in each answer, and with it the number that stands for it: groups, which debugpy makes
 * for an answer, and methods, which Python makes whenever one is asked for. Whoever asks for the children of the one or of
 * the other is told the same. Numbers of nearly everything else are the same as long as the program stands still; for the
 * rest see `steadyIn`.
 */
function isMadeAnew({ name, type }: DebugProtocol.Variable): boolean {
  return /^(special|function|class|protected|private) variables$/.test(name) || isMethod(type);
}

function isMethod(type: string | undefined): boolean {
  return /method/.test(type ?? "");
}

type Json = Readonly<Record<string, unknown>>;
type Body = Json & Partial<DebugProtocol.VariablesResponse["body"]>;

/** Both answers to a question: one that igor may have known, and one that only debugpy can give. */
async function bothAnswers(
  { client, seen }: Walk,
  command: string,
  [given, fresh]: readonly [Json, Json],
): Promise<readonly [DebugProtocol.Response, DebugProtocol.Response]> {
  seen.log.push(`    ${command} ${JSON.stringify(given)}`);
  const answer = await client.ask(command, given);
  // The format changes nothing, and igor does not know that.
  const other = await client.ask(command, { ...fresh, format: { hex: false } });
  if (answer.seq >= ownSeq) seen.ahead += 1;
  if (other.seq >= ownSeq) throw new Error(`igor knew ${command} with a format`);
  seen.comparisons += 1;
  return [answer, other];
}

/** Asks for something and compares; what igor says. */
async function compare(walk: Walk, command: string, given: Json): Promise<Body> {
  const { seen } = walk;
  const both = await bothAnswers(walk, command, [given, given]);
  const [answer] = both;
  const said = both.map((one) => comparable(one, false));
  demandSame(seen, `${command} ${JSON.stringify(given)}`, said);
  return (answer.body ?? {}) as Body;
}

/** Where a variable is: names from the scope on, and its number in either answer. */
interface Place {
  readonly path: readonly string[];
  readonly references: readonly [number, number];
  /** It is in something that is made anew. */
  readonly isAnew: boolean;
}

/** Compares the children of a variable, and some of theirs. */
async function compareVariables(walk: Walk, { path, references, isAnew }: Place): Promise<void> {
  const { chance, seen } = walk;
  const [reference, freshReference] = references;
  const both = await bothAnswers(walk, "variables", [
    { variablesReference: reference },
    { variablesReference: freshReference },
  ]);
  const said = both.map((each) => comparable(each, isAnew));
  if (!isDeepStrictEqual(said[0], said[1])) {
    // What debugpy itself says in two ways, is nothing to compare.
    const [, again] = await bothAnswers(walk, "variables", [
      { variablesReference: freshReference },
      { variablesReference: freshReference },
    ]);
    const steady = steadyIn(both[1], again);
    const [known, fresh] = both.map((each) => comparable(each, isAnew, steady));
    demandSame(seen, `variables of ${path.join(" / ")}`, [known, fresh]);
  }
  if (isAnew || path.length > 3) return;
  const [children = [], others = []] = both.map(
    ({ body }) => (body as Body | undefined)?.variables,
  );
  for (const [index, child] of children.entries()) {
    const { name, type, variablesReference } = child;
    if (isMethod(type)) continue;
    const isUsual = usual.includes(name);
    if (variablesReference === 0 || chance.number(isUsual ? 2 : 40) > 0) continue;
    await compareVariables(walk, {
      path: [...path, name],
      references: [variablesReference, others[index]?.variablesReference ?? 0],
      isAnew: isMadeAnew(child),
    });
  }
}

/** Whether a field of a variable is the same in two answers of debugpy, e.g. `co_lnotab` of code is made for each. */
function steadyIn(
  one: DebugProtocol.Response,
  other: DebugProtocol.Response,
): (index: number, key: string) => boolean {
  const [first = [], second = []] = [one, other].map(
    ({ body }) => (body as Body | undefined)?.variables,
  );
  return (index, key) =>
    key !== "evaluateName" &&
    isDeepStrictEqual(Reflect.get(first[index] ?? {}, key), Reflect.get(second[index] ?? {}, key));
}

/** What is looked at again and again, so that there is something to learn. */
const usual = ["points", "table", "own", "mine", "self", "numbers"];

/**
 * An answer without what differs between any two. By which of several ways a thing is named is up to whoever asked last for
 * something that it is in.
 */
function comparable(
  { success, message, body }: DebugProtocol.Response,
  isAnew: boolean,
  isSteady: (index: number, key: string) => boolean = (_, key) => key !== "evaluateName",
): unknown {
  const { variables, ...rest } = (body ?? {}) as Body;
  const steady = variables?.map((variable, index) => {
    const reference =
      isAnew || isMadeAnew(variable)
        ? variable.variablesReference > 0
        : variable.variablesReference;
    return Object.entries({ ...variable, variablesReference: reference }).filter(([key]) =>
      isSteady(index, key),
    );
  });
  return { success, message, ...rest, variables: steady };
}

function demandSame({ stops, log }: Seen, what: string, [one, other]: readonly unknown[]): void {
  if (isDeepStrictEqual(one, other)) return;
  const said = [one, other].map((each) => JSON.stringify(each));
  const [known = "", fresh = ""] = said;
  let at = 0;
  while (at < known.length && known[at] === fresh[at]) at += 1;
  const [near, instead] = said.map((text) => text.slice(Math.max(0, at - 200), at + 200));
  throw new Error(
    `${what}, at stop ${String(stops)}: igor says\n${String(near)}\nand debugpy\n${String(instead)}\nafter\n${log.slice(-60).join("\n")}`,
  );
}

/** Everything that editors look at, where the program stands. */
async function look(walk: Walk, threadId: number, isException: boolean): Promise<void> {
  const { chance } = walk;
  const { threads = [] } = (await compare(walk, "threads", {})) as {
    threads?: DebugProtocol.Thread[];
  };
  if (isException) await compare(walk, "exceptionInfo", { threadId });
  const given = chance.one<Json>([
    {},
    {},
    { startFrame: 0 },
    { startFrame: 0, levels: 1 },
    { startFrame: 0, levels: 20 },
    { startFrame: 1, levels: 2 },
    { startFrame: 1 },
    { levels: 0 },
    { startFrame: 30, levels: 5 },
  ]);
  if (chance.number(2) === 0) await compare(walk, "stackTrace", { threadId, ...given });
  const { stackFrames = [] } = (await compare(walk, "stackTrace", { threadId })) as {
    stackFrames?: DebugProtocol.StackFrame[];
  };
  const other = chance.one(threads);
  if (other.id !== threadId && chance.number(60) === 0)
    await compare(walk, "stackTrace", { threadId: other.id });
  const [top] = stackFrames;
  if (top !== undefined) await lookAt(walk, top);
  const below = chance.number(5) === 0 ? chance.one(stackFrames) : undefined;
  if (below !== undefined) await lookAt(walk, below);
  if (top !== undefined && chance.number(6) === 0) {
    await changeSomething(walk, top);
    await lookAt(walk, top);
  }
}

async function lookAt(walk: Walk, { id: frameId }: DebugProtocol.StackFrame): Promise<void> {
  const { scopes = [] } = (await compare(walk, "scopes", { frameId })) as {
    scopes?: DebugProtocol.Scope[];
  };
  for (const { name, variablesReference } of scopes)
    if (name === "Locals" || walk.chance.number(60) === 0)
      await compareVariables(walk, {
        path: [name],
        references: [variablesReference, variablesReference],
        isAnew: false,
      });
}

/** Changes what the program shows, without running it; or evaluates what only might. */
async function changeSomething(
  { client, chance, seen }: Walk,
  { id: frameId }: DebugProtocol.StackFrame,
): Promise<void> {
  const isReference = chance.number(3) === 0;
  if (isReference) {
    const { body } = await client.ask<DebugProtocol.ScopesResponse>("scopes", { frameId });
    const { variablesReference = 0 } = body.scopes[0] ?? {};
    const { body: found } = await client.ask<DebugProtocol.VariablesResponse>("variables", {
      variablesReference,
    });
    const names = found.variables.map(({ name }) => name).filter((name) => /^[a-z_]+$/.test(name));
    const name = chance.one(["no_such_name", ...names]);
    seen.log.push(`    setVariable ${name}`);
    // Asked in one breath: what is asked behind it must see it.
    client.send("setVariable", { variablesReference, name, value: "'set'" });
    return;
  }
  const expression = chance.one([
    "table['numbers'].append(99)",
    "table.setdefault('more', []).append({'x': 1}) or len(table)",
    "turn",
    "points[0].x",
    "no_such_name",
    "table['deep'].update(n=turn)",
  ]);
  const context = chance.one(["hover", "watch", "repl", "clipboard", "variables"]);
  seen.log.push(`    evaluate ${expression} as ${context}`);
  const asked = { expression, frameId, context };
  if (chance.number(2) === 0) await client.ask("evaluate", asked);
  else client.send("evaluate", asked);
  if (context === "repl" && chance.number(2) === 0) {
    seen.log.push("    assign");
    await client.ask("evaluate", { expression: "made = [turn]", frameId, context });
  }
}

async function setBreakpoints({ client, file }: Walk, lines: readonly number[]): Promise<void> {
  const breakpoints = lines.map((line) => ({ line }));
  await client.ask("setBreakpoints", { source: { path: file }, breakpoints });
}

/** Lets the program run until it stands still somewhere else; the thread that does. */
async function goOn(
  walk: Walk,
  stoppedThread: number,
): Promise<DebugProtocol.StoppedEvent["body"]> {
  const { client, chance, seen, lines } = walk;
  let threadId = stoppedThread;
  const turn = chance.number(100);
  if (turn < 5) {
    // All of them at once: nobody knows how many of them come to a stop.
    const count = 2 + chance.number(3);
    seen.log.push(`burst of ${String(count)} at once`);
    for (let each = 0; each < count; each += 1) client.send("next", { threadId });
    return standsStill(walk);
  }
  if (turn < 10) {
    const count = 1 + chance.number(3);
    seen.log.push(`burst of ${String(count)} one after the other`);
    for (let each = 0; each < count; each += 1) {
      client.send("next", { threadId });
      threadId = (await stopped(walk)).threadId ?? threadId;
    }
  } else if (turn < 13) {
    seen.log.push("pause");
    await setBreakpoints(walk, []);
    // debugpy never answers one that is overtaken by a pause.
    await client.ask("continue", { threadId });
    client.send("pause", { threadId });
    // Whichever of the two debugpy heeds last.
    await setBreakpoints(walk, lines);
    return standsStill(walk);
  } else if (turn < 16) {
    const filters = chance.one([["raised", "uncaught"], ["uncaught"]]);
    seen.log.push(`filters ${filters.join()}`);
    await client.ask("setExceptionBreakpoints", { filters });
  } else if (turn < 18) {
    const some = lines.filter(() => chance.number(2) === 0);
    // One in the loop of the program always.
    await setBreakpoints(walk, [...new Set([lines[0] ?? 1, ...some])]);
    seen.log.push(`breakpoints ${some.join()}`);
  }
  const command = chance.one(["next", "next", "next", "stepIn", "stepIn", "stepOut", "continue"]);
  seen.log.push(`${command} ${String(threadId)}`);
  client.send(command, { threadId });
  return stopped(walk);
}

async function stopped({ client, seen }: Walk): Promise<DebugProtocol.StoppedEvent["body"]> {
  const { body } = (await client.event("stopped")) as DebugProtocol.StoppedEvent;
  seen.stops += 1;
  seen.log.push(`  stopped: ${body.reason} in ${String(body.threadId)}`);
  return body;
}

/** Waits until the program has stopped, and does not go on by what it was told before. */
async function standsStill(walk: Walk): Promise<DebugProtocol.StoppedEvent["body"]> {
  let body = await stopped(walk);
  for (;;) {
    const count = walk.client.events.length;
    await pause(stillMs);
    if (hasMovedOn(walk)) body = await stopped(walk);
    else if (walk.client.events.length === count) return body;
  }
}

/** For so long nothing is told of a program that stands still. */
const stillMs = 120;

/** Whether the program has gone on since the stop that was told last. */
function hasMovedOn({ client }: Walk): boolean {
  const last = client.events.findLast(({ event }) => /^(stopped|continued)$/.test(event));
  return last?.event !== "stopped" || client.countOf("stopped") > 0;
}

/** Goes through a program that has stopped until so many stops were looked at. */
export async function walkOn(walk: Walk, until: () => boolean): Promise<void> {
  const { chance, seen } = walk;
  let stop = await stopped(walk);
  while (!until()) {
    if (stop.threadId === undefined) throw new Error("nobody has stopped");
    // Sometimes nobody looks.
    if (chance.number(10) > 0) {
      try {
        await look(walk, stop.threadId, stop.reason === "exception");
      } catch (error) {
        await pause(stillMs);
        if (!hasMovedOn(walk)) throw error;
        // What it was told in one breath, or to pause, was not over yet: nothing can be compared.
        seen.log.push(`  moved on`);
        seen.movedOn += 1;
        stop = await standsStill(walk);
        continue;
      }
    }
    stop = await goOn(walk, stop.threadId);
  }
}
