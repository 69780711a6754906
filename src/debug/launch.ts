import { posix, resolve } from "node:path";
import type { DebugArgumentsFailure } from "../model/failure-debug.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { isObject } from "./message.ts";

/** Where files are, here and in the container. */
export interface Ground {
  /** The project's directory as the editor spells it, absolute. */
  readonly root: string;
  /** The same without symbolic links. */
  readonly realRoot: string;
  /** Where the container has it, e.g. `/workspace`. */
  readonly workspace: string;
  /** Files outside of it. */
  readonly pathMappings: readonly { readonly local: string; readonly remote: string }[];
  /** Where a program waits for a debugger that says no port. */
  readonly port: number | undefined;
  /** The configuration of the project. */
  readonly configFile: string;
}

/** Of a program whose processes have ranks: the one that is debugged. */
export interface Ranks {
  /** Undefined: every process is. */
  readonly rank?: number;
  /** The others stand still while that one does. */
  readonly wait?: boolean;
}

type Given = Readonly<Record<string, unknown>>;

/** What editors say to debug adapters that run here: it means nothing in a container. */
const localOnly = [
  "python",
  "pythonPath",
  "debugAdapterPath",
  "debugAdapterPython",
  "debugLauncherPython",
  "host",
  "port",
  "connect",
  "listen",
  "igor",
];

/** What debugpy is to do, from what the editor says. Paths in the container are absolute and of POSIX. */
export function launchArguments(
  given: Given,
  ground: Ground,
): Result<Given, DebugArgumentsFailure> {
  const mistake = mistakeIn(given);
  if (mistake !== undefined) return fail(mistake);
  const named = ["program", "module", "code"].filter((key) => isSaid(given[key]));
  if (named.length !== 1)
    return fail({ reason: "debug-arguments", problem: { kind: "not-one-program", given: named } });
  const { program, cwd } = given;
  const kept = withoutLocal(given);
  const remote = typeof program === "string" ? programIn(program, given, ground) : undefined;
  if (remote?.ok === false) return remote;
  return ok({
    console: "internalConsole",
    ...kept,
    ...(remote === undefined ? {} : { program: remote.value }),
    cwd: typeof cwd === "string" && cwd !== "" ? directoryIn(cwd, ground) : ground.workspace,
    pathMappings: pathMappings(given, ground),
  });
}

/** What debugpy is to do that waits in a program of the user, or is to enter one. */
export function attachArguments(
  given: Given,
  ground: Ground,
): Result<
  { readonly listening: number | undefined; readonly given: Given },
  DebugArgumentsFailure
> {
  const { connect, processId } = given;
  const said = isObject(connect) ? connect["port"] : given["port"];
  const kept = { ...withoutLocal(given), pathMappings: pathMappings(given, ground) };
  if (isSaid(processId)) return ok({ listening: undefined, given: kept });
  if (isSaid(said) && portOf(said) === undefined)
    return fail(wrongType("port", "a number from 1 to 65535"));
  const listening = portOf(said) ?? ground.port;
  if (listening === undefined) {
    const problem = { kind: "no-port", file: ground.configFile } as const;
    return fail({ reason: "debug-arguments", problem });
  }
  return ok({ listening, given: kept });
}

/** Which rank of a program is to be debugged: `igor: {rank, others}`. */
export function ranksOf({ igor }: Given): Result<Ranks, DebugArgumentsFailure> {
  const { rank: said, others } = isObject(igor) ? igor : {};
  if (isSaid(others) && others !== "run" && others !== "wait")
    return fail(wrongType("igor.others", '"run" or "wait"'));
  if (!isSaid(said)) return ok({});
  const rank = Number(said);
  if (!Number.isInteger(rank) || rank < 0)
    return fail(wrongType("igor.rank", "a whole number from 0"));
  return ok({ rank, wait: others === "wait" });
}

/** Where in the container a path of the laptop is; undefined for one outside the project. */
function pathInContainer(path: string, ground: Ground): string | undefined {
  const { root, realRoot, workspace } = ground;
  const mappings = [
    { local: root, remote: workspace },
    { local: realRoot, remote: workspace },
    ...ground.pathMappings,
  ];
  for (const { local, remote } of mappings) {
    if (path === local) return remote;
    const below = local.endsWith("/") ? local : `${local}/`;
    if (path.startsWith(below)) return posix.join(remote, path.slice(below.length));
  }
  return undefined;
}

function pathMappings({ pathMappings: own }: Given, ground: Ground): readonly Given[] {
  const { root, realRoot, workspace } = ground;
  const roots = root === realRoot ? [root] : [root, realRoot];
  return [
    ...(Array.isArray(own) ? (own as readonly Given[]) : []),
    ...roots.map((localRoot) => ({ localRoot, remoteRoot: workspace })),
    ...ground.pathMappings.map(({ local, remote }) => ({ localRoot: local, remoteRoot: remote })),
  ];
}

function programIn(
  program: string,
  { cwd }: Given,
  ground: Ground,
): Result<string, DebugArgumentsFailure> {
  const from = typeof cwd === "string" && cwd !== "" ? cwd : ground.root;
  const path = resolve(from, program);
  const inside = pathInContainer(path, ground);
  if (inside !== undefined) return ok(inside);
  if (isBelow(path, ground.workspace)) return ok(path);
  const problem = { kind: "outside-project", path, root: ground.root } as const;
  return fail({ reason: "debug-arguments", problem });
}

/** A directory outside the project is one of the container. */
function directoryIn(cwd: string, ground: Ground): string {
  const path = resolve(ground.root, cwd);
  return pathInContainer(path, ground) ?? path;
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

function withoutLocal(given: Given): Given {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !localOnly.includes(key))
      .map(([key, value]) => [key, switches.includes(key) ? switchOf(value) : value]),
  );
}

/** Editors hand on the words of a configuration as they are written there. */
const switches = ["stopOnEntry", "justMyCode", "subProcess", "redirectOutput"];

function switchOf(value: unknown): unknown {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  return word === "true" ? true : word === "false" ? false : value;
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** Some editors hand on numbers as text. */
function portOf(said: unknown): number | undefined {
  const port = typeof said === "string" && /^\d+$/.test(said) ? Number(said) : said;
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65536
    ? port
    : undefined;
}

/** Of a key that has another type than it must have. */
export function wrongType(key: string, wants: string): DebugArgumentsFailure {
  return { reason: "debug-arguments", problem: { kind: "wrong-type", key, wants } };
}

/** What debugpy says of wrong types names no key, or nothing at all. */
function mistakeIn(given: Given): DebugArgumentsFailure | undefined {
  for (const key of ["program", "module", "cwd", "console"])
    if (isSaid(given[key]) && typeof given[key] !== "string") return wrongType(key, "a string");
  for (const key of switches)
    if (isSaid(given[key]) && typeof switchOf(given[key]) !== "boolean")
      return wrongType(key, "true or false");
  const { env, args } = given;
  const isEnvironment =
    isObject(env) &&
    Object.values(env).every((value) => value === null || typeof value === "string");
  if (isSaid(env) && !isEnvironment) return wrongType("env", "an object of strings");
  const isList = Array.isArray(args) && args.every((word) => typeof word === "string");
  if (isSaid(args) && !isList && typeof args !== "string")
    return wrongType("args", "a list of strings");
  return undefined;
}
