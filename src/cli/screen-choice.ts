import type { ScreenOptions, Sink } from "./screen.ts";

/** What decides how a screen looks. */
export interface ScreenWishes {
  readonly json: boolean;
  readonly verbosity: "quiet" | "normal" | "verbose";
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** The screen that fits the options, the environment and where the output goes. */
export function chooseScreen(
  wishes: ScreenWishes,
): Pick<ScreenOptions, "mode" | "detail" | "stdout" | "stderr" | "color"> {
  const { verbosity, env, stdout, stderr } = wishes;
  return {
    mode: modeOf(wishes),
    detail: verbosity === "verbose" ? "verbose" : "normal",
    stdout,
    stderr,
    color: { stdout: wantsColor(env, stdout), stderr: wantsColor(env, stderr) },
  };
}

/** What igor's own streams may be coloured, where there is no screen: for lists and reports. */
export function ownColors(): ScreenOptions["color"] {
  const { stdout, stderr, env } = process;
  return chooseScreen({ json: false, verbosity: "normal", env, stdout, stderr }).color;
}

function modeOf({ json, verbosity, env, stdout, stderr }: ScreenWishes): ScreenOptions["mode"] {
  if (json) return "json";
  if (verbosity === "quiet") return "quiet";
  // What a pipe leads to may write to the same terminal, into the live lines. e.g. `igor docker exec ... | grep x`
  const bothTerminals = stdout.isTTY === true && stderr.isTTY === true;
  return bothTerminals && env["TERM"] !== "dumb" ? "live" : "plain";
}

/** FORCE_COLOR wins over NO_COLOR (https://no-color.org), as in Node itself; else a terminal that is not dumb. */
export function wantsColor(env: ScreenWishes["env"], sink: Sink): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return sink.isTTY === true && env["TERM"] !== "dumb";
}
