import type { wordsOfLine } from "../request/command-line.ts";
import type { HostRequest, Request } from "../request/commands.ts";
import { commandLineWords } from "../request/words.ts";

/** Verbs that put the project's files on the hosts. */
const senders: readonly Request["kind"][] = ["push", "build", "setup"];

/** Whether something is typed while it is done. */
export function needsTerminal(request: Request): boolean {
  if (request.kind === "exec") return request.tty === "always";
  if (request.kind === "stop") return request.ids.length === 0 && !request.all && !request.plan;
  return request.kind === "repl" || request.kind === "login" || request.kind === "init";
}

/** Whether the project's files are put on hosts. */
export function sendsFiles(request: Request): boolean {
  return request.kind === "exec" ? request.push : senders.includes(request.kind);
}

/** Whether it is done on hosts, beside what goes on there already. */
export function isOnHosts(request: Request): request is HostRequest {
  return "hostGroup" in request && request.kind !== "config show" && request.kind !== "doctor";
}

/** The command of an exec is a line for the container's sh, as that of `:!` is one for the shell here. */
export function forEditor(
  request: HostRequest,
  {
    line,
    words,
  }: { readonly line: string; readonly words: NonNullable<ReturnType<typeof wordsOfLine>> },
): HostRequest {
  if (request.kind !== "exec") return request;
  const first = words.at(-request.words.length);
  return { ...request, json: true, words: commandLineWords(line.slice(first?.start ?? 0)) };
}
