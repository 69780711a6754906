import type { RequestOf } from "../request/commands.ts";
import { configHelpOf, helpOf, isConfigTopic } from "../request/usage.ts";
import packageJson from "../../package.json" with { type: "json" };
import { wantsColor } from "./screen-choice.ts";

/** Prints the version or a help page. */
export async function printHelp(
  request: RequestOf<"help"> | { readonly kind: "version" },
): Promise<number> {
  if (request.kind === "version") {
    process.stdout.write(`igor ${packageJson.version}\n`);
    return 0;
  }
  const { stdout, env } = process;
  const style = wantsColor(env, stdout) ? "ansi" : "plain";
  const layout = { width: stdout.columns || 80, style } as const;
  if (isConfigTopic(request.topic)) {
    const { keysForHelp } = await import("../app/config-help.ts");
    stdout.write(configHelpOf(keysForHelp(), layout));
  } else stdout.write(helpOf(request.topic, layout));
  return 0;
}
