import { init, suggestedDir, suggestedHosts } from "../app/init.ts";
import type { RequestOf } from "../request/commands.ts";
import { usageLineOf } from "../request/usage.ts";
import { listText } from "../view/amount-text.ts";
import { printable } from "../view/printable.ts";
import { ask } from "./ask.ts";
import { cancelled } from "./end-by-signals.ts";
import { showFailure } from "./show-failure.ts";

/** Asks for what was not said, on a terminal, and writes the first configuration. */
export async function runInit({ host, dir, yes }: RequestOf<"init">): Promise<number> {
  const asks = process.stdin.isTTY && !yes;
  const known = host === undefined ? suggestedHosts() : [];
  const chosenHost = host ?? (asks ? await askHost(known) : onlyOf(known));
  if (chosenHost === undefined) return cancelled;
  if (chosenHost === "") {
    showFailure({
      reason: "usage",
      problem: { kind: "missing-argument", name: "--host NAME", known },
      verb: ["init"],
      usageLine: usageLineOf(["init"]),
    });
    return 2;
  }
  const chosenDir =
    dir ??
    (asks
      ? await ask(`Directory there that holds projects [${suggestedDir}]: `, suggestedDir)
      : suggestedDir);
  if (chosenDir === undefined) return cancelled;
  const made = await init({ directory: process.cwd(), host: chosenHost, dir: chosenDir });
  if (!made.ok) {
    showFailure(made.failure);
    return 2;
  }
  const { file, found } = made.value;
  const { dockerfile, isDefaultDockerfile, rebuildFiles, replCommand } = found;
  const recognised = [
    ...(dockerfile === undefined || isDefaultDockerfile ? [] : [`dockerfile ${dockerfile}`]),
    ...(rebuildFiles.length === 0 ? [] : [`docker_rebuild_files ${listText(rebuildFiles, 5)}`]),
    ...(replCommand === undefined ? [] : [`repl_cmd ${replCommand}`]),
  ];
  const also = recognised.length === 0 ? "" : `, with ${printable(recognised.join("; "))}`;
  process.stdout.write(`${printable(file)} written: ${chosenHost}${also}\n${nextText(found)}\n`);
  return 0;
}

function nextText({
  dockerfile,
  candidates,
}: {
  readonly dockerfile: string | undefined;
  readonly candidates: readonly string[];
}): string {
  if (dockerfile !== undefined) return "Next: igor docker setup";
  const [first] = candidates;
  const what =
    first === undefined
      ? "a Dockerfile, and there is none yet"
      : `one of ${listText(candidates, 5)}: name it in .igor/config.json, e.g. "dockerfile": "${first}"`;
  return `Next: igor push; igor docker setup needs ${printable(what)}`;
}

/** The first of the suggestions is the answer to an empty line. */
function askHost(known: readonly string[]): Promise<string | undefined> {
  const [first = ""] = known;
  if (known.length > 1)
    process.stderr.write(`Hosts of your ssh configuration: ${listText(known, 20)}\n`);
  return ask(`Host (any name that ssh takes)${first === "" ? "" : ` [${first}]`}: `, first);
}

function onlyOf(known: readonly string[]): string {
  const [first = "", ...others] = known;
  return others.length === 0 ? first : "";
}
