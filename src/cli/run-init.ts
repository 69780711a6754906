import { init, suggestedDir } from "../app/init.ts";
import type { RequestOf } from "../request/commands.ts";
import { usageLineOf } from "../request/usage.ts";
import { ask } from "./ask.ts";
import { showFailure } from "./show-failure.ts";

/** The exit code after Ctrl-C. */
const cancelled = 130;

/** Asks for what was not said, on a terminal, and writes the first configuration. */
export async function runInit({ host, dir, yes }: RequestOf<"init">): Promise<number> {
  const asks = process.stdin.isTTY && !yes;
  const chosenHost = host ?? (asks ? await ask("Host (any name that ssh takes): ", "") : "");
  if (chosenHost === undefined) return cancelled;
  if (chosenHost === "") {
    showFailure({
      reason: "usage",
      problem: { kind: "missing-argument", name: "--host NAME" },
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
  process.stdout.write(`${made.value.file} written. Next: igor push\n`);
  return 0;
}
