import type { RequestOf } from "../request/commands.ts";
import {
  configWarningText,
  reportJson,
  reportLines,
  settingsJson,
  settingsLines,
} from "../view/config-text.ts";
import { span } from "../view/line.ts";
import { exitCodeOfFailure } from "./exit-code.ts";
import { ownColors } from "./screen-choice.ts";
import { paint } from "./screen-paint.ts";
import { showFailure } from "./show-failure.ts";

/** Prints the configuration that counts. */
export async function runConfigShow({
  hostGroup,
  json,
}: RequestOf<"config show">): Promise<number> {
  const { showConfig } = await import("../app/config-show.ts");
  const shown = await showConfig(process.cwd(), hostGroup);
  if (!shown.ok) {
    showFailure(shown.failure, json ? "json" : "text");
    return exitCodeOfFailure(shown.failure);
  }
  const { stdout } = process;
  stdout.write(
    json ? settingsJson(shown.value) : paint(settingsLines(shown.value), ownColors().stdout),
  );
  return 0;
}

/** Says what was checked; what will not work on standard error. */
export async function runConfigCheck({ json }: RequestOf<"config check">): Promise<number> {
  const { checkConfig } = await import("../app/config-check.ts");
  const checked = await checkConfig(process.cwd(), process.env);
  if (!checked.ok) {
    showFailure(checked.failure, json ? "json" : "text");
    return exitCodeOfFailure(checked.failure);
  }
  const { stdout, stderr } = process;
  if (json) stdout.write(reportJson(checked.value));
  else {
    stdout.write(paint(reportLines(checked.value), ownColors().stdout));
    const warnings = checked.value.warnings.map((warning) => [
      span("warning: ", "warning"),
      span(configWarningText(warning)),
    ]);
    stderr.write(paint(warnings, ownColors().stderr));
  }
  return 0;
}
