import type { DebugGround } from "../app/debug.ts";
import { isObject } from "../debug/message.ts";
import type { Request } from "../debug/message.ts";
import { parentKey } from "./start.ts";
import type { Parent, Start } from "./start.ts";

/**
 * A child that the editor is to debug in a session of its own. What the far side says of it is for that session alone: an
 * editor may obey a configuration in more ways than we know, e.g. by starting another adapter on this machine.
 */
export function childConfiguration(
  request: Request,
  {
    start: { ground, hello },
    port,
    type,
  }: { readonly start: Start; readonly port: number; readonly type: unknown },
): Request {
  const { configuration } = request.arguments;
  const given = isObject(configuration) ? configuration : {};
  const { rank, wait } = hello;
  const parent: Parent = {
    directory: ground.project.root,
    hostGroup: ground.group.name,
    host: ground.host.host,
    port,
    ranks: rank === undefined ? {} : { rank, wait: wait === true },
    given,
  };
  const name = typeof given["name"] === "string" ? given["name"] : "child";
  return {
    ...heading(request),
    arguments: {
      request: "attach",
      configuration: { name, type, request: "attach", [parentKey]: parent },
    },
  };
}

/**
 * What debugpy wants to have run in a terminal runs in one of the editor, and in the container by `igor docker exec`. Of
 * what the far side says only the words are obeyed, and those there.
 */
export function inTerminal(
  request: Request,
  { ground, igor }: { readonly ground: DebugGround; readonly igor: readonly string[] },
): Request {
  const { args, kind } = request.arguments;
  const words = Array.isArray(args) ? args.map(String) : [];
  const where = ["-g", ground.group.name, "--host", ground.host.host];
  return {
    ...heading(request),
    arguments: {
      kind: kind === "external" ? "external" : "integrated",
      title: `igor: ${ground.project.name}`,
      cwd: ground.project.root,
      args: [...igor, "docker", "exec", ...where, "--", ...words],
    },
  };
}

function heading({ seq, command }: Request): Omit<Request, "arguments"> {
  return { seq, type: "request", command };
}
