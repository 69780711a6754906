import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { debugGround } from "../app/debug.ts";
import type { DebugGround } from "../app/debug.ts";
import { attachArguments, launchArguments, ranksOf, wrongType } from "../debug/launch.ts";
import type { Ground, Ranks } from "../debug/launch.ts";
import { isObject } from "../debug/message.ts";
import type { Request } from "../debug/message.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { RequestOf } from "../request/commands.ts";

/** How a session is to begin. */
export interface Start {
  readonly ground: DebugGround;
  /** Files, image and container are brought up to date before. */
  readonly brings: boolean;
  /** What the far end is told: the adapter to join, or the port of a program that waits for a debugger. */
  readonly hello: {
    readonly join?: number;
    readonly listening?: number;
    /** With join: the process. */
    readonly child?: unknown;
  } & Ranks;
  /** The arguments of `launch` or `attach` for debugpy. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** Where the editor called igor, and with which words. */
export interface Called {
  readonly directory: string;
  readonly request: RequestOf<"dap">;
}

/** The key with which a session tells those of its children where it is; editors hand on what they do not know. */
export const parentKey = "__igor";

/** Where a child of a program that is debugged finds the adapter of its parent. */
export interface Parent {
  readonly directory: string;
  readonly hostGroup: string;
  readonly host: string;
  readonly port: number;
  readonly ranks: Ranks;
  /** What that says of the child. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** Reads what the editor asks for with `launch` or `attach`. */
export async function startOf(
  { command, arguments: given }: Request,
  called: Called,
): Promise<Result<Start>> {
  const parent = given[parentKey];
  if (isParent(parent)) return startOfChild(parent);
  if (parent !== undefined) return fail(wrongType(parentKey, "what igor puts there"));
  const found = await groundOf(given, called);
  if (!found.ok) return found;
  const ground = found.value;
  const { project } = ground;
  const place: Ground = {
    root: project.root,
    realRoot: realpathSync(project.root),
    workspace: project.container.workspace,
    pathMappings: project.debug.pathMappings,
    port: project.debug.port,
    configFile: project.configFile,
  };
  if (command === "launch") {
    const ranks = ranksOf(given);
    if (!ranks.ok) return ranks;
    const launch = launchArguments(given, place);
    return launch.ok
      ? ok({ ground, brings: true, hello: ranks.value, given: launch.value })
      : launch;
  }
  const attach = attachArguments(given, place);
  if (!attach.ok) return attach;
  const { listening, given: kept } = attach.value;
  // What is attached to runs already: nothing may be put in its place.
  return ok({
    ground,
    brings: false,
    hello: listening === undefined ? {} : { listening },
    given: kept,
  });
}

function isParent(value: unknown): value is Parent {
  if (!isObject(value)) return false;
  const { directory, hostGroup, host, port, ranks, given } = value;
  const isPlace = [directory, hostGroup, host].every((each) => typeof each === "string");
  return isPlace && Number.isInteger(port) && isObject(ranks) && isObject(given);
}

async function startOfChild({
  directory,
  hostGroup,
  host,
  port,
  ranks,
  given,
}: Parent): Promise<Result<Start>> {
  const ground = await debugGround(directory, { hostGroup, host });
  if (!ground.ok) return ground;
  const hello = { ...ranks, join: port, child: given["subProcessId"] };
  return ok({ ground: ground.value, brings: false, hello, given });
}

/** The project of the program, of the directory it is to run in, or of where the editor called igor. */
async function groundOf(
  given: Readonly<Record<string, unknown>>,
  { directory, request }: Called,
): Promise<Result<DebugGround>> {
  const { program, cwd, igor } = given;
  const wishes = isObject(igor) ? igor : {};
  const wanted = {
    hostGroup: textOr(wishes["host_group"], request.hostGroup),
    host: textOr(wishes["host"], request.host),
  };
  const from = typeof cwd === "string" && isAbsolute(cwd) ? cwd : directory;
  const places = [
    ...(typeof program === "string" && program !== "" ? [dirname(resolve(from, program))] : []),
    from,
    directory,
  ];
  let ground: Result<DebugGround> = fail({ reason: "directory-gone" });
  // A path of the container is none here.
  for (const place of places.filter((one) => existsSync(one))) {
    ground = await debugGround(place, wanted);
    if (ground.ok || ground.failure.reason !== "config-missing") return ground;
  }
  return ground;
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" && value !== "" ? value : otherwise;
}
