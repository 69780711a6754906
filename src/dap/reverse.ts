import type { DebugGround } from "../app/debug.ts";
import { isObject } from "../debug/message.ts";
import type { Request } from "../debug/message.ts";
import { parentKey } from "./start.ts";
import type { Parent } from "./start.ts";

/** A child that the editor is to debug in a session of its own: that finds its parent by what is added here. */
export function childConfiguration(
  request: Request,
  { ground, port }: { readonly ground: DebugGround; readonly port: number },
): Request {
  const { configuration } = request.arguments;
  const parent: Parent = {
    directory: ground.project.root,
    hostGroup: ground.group.name,
    host: ground.host.host,
    port,
  };
  return {
    ...request,
    arguments: {
      ...request.arguments,
      configuration: { ...(isObject(configuration) ? configuration : {}), [parentKey]: parent },
    },
  };
}

/** What debugpy wants to have run in a terminal runs in one of the editor, and in the container by `igor docker exec`. */
export function inTerminal(
  request: Request,
  { ground, igor }: { readonly ground: DebugGround; readonly igor: readonly string[] },
): Request {
  const { args } = request.arguments;
  const words = Array.isArray(args) ? args.map(String) : [];
  const where = ["-g", ground.group.name, "--host", ground.host.host];
  return {
    ...request,
    arguments: {
      ...request.arguments,
      args: [...igor, "docker", "exec", ...where, ...words],
      cwd: ground.project.root,
    },
  };
}
