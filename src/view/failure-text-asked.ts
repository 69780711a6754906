import type { Asked } from "../model/asked.ts";
import type { ConfigFailure } from "../model/failure-config.ts";
import { countText, listText } from "./amount-text.ts";
import type { FailureText } from "./failure-text.ts";
import { shownWord } from "./shown-word.ts";

type Because<R extends ConfigFailure["reason"]> = Extract<ConfigFailure, { reason: R }>;

/** The words for what a configuration asks for, and nobody has agreed to. */
export function notTrustedText({ file, asked }: Because<"not-trusted">): FailureText {
  return {
    headline: `the configuration asks for more of ${hostsText(asked)} than the project's own container`,
    where: file,
    details: askedLines(asked),
    hint: "in a terminal igor asks whether you trust that; when you have read it, the same command with --trust agrees without a question",
  };
}

/** The words for variables that have no value here. */
export function notSetText({ file, variables }: Because<"env-not-set">): FailureText {
  const names = variables.map(({ name }) => name);
  const [{ line } = { line: 1 }] = variables;
  const isOne = names.length === 1;
  return {
    headline: `the container is to get ${isOne ? `${names.join()} of this machine, which is` : `${countText(names.length, "variable")} of this machine that are`} not set here`,
    ...(isOne ? { where: `${file}:${line}` } : {}),
    details: isOne ? [] : variables.map((variable) => `${file}:${variable.line}: ${variable.name}`),
    hint: `export ${isOne ? "it" : "them"} where you call igor, or write ${isOne ? "a value" : "values"} in place of null`,
  };
}

/** A line for each thing, e.g. `mounts: /data of apollo at /data, writable` */
function askedLines(asked: Asked): readonly string[] {
  const { mounts, dockerArgs, network, env } = asked;
  return [
    ...mounts.map(
      ({ source, target, readonly }) =>
        `mounts: ${shownWord(source)} of ${hostsText(asked)} at ${shownWord(target)}, ${readonly ? "read-only" : "writable"}`,
    ),
    ...(dockerArgs.length === 0 ? [] : [`docker_args: ${dockerArgs.map(shownWord).join(" ")}`]),
    ...(network === undefined ? [] : [`network: ${network}`]),
    ...env.map((name) => `env: ${name} of this machine`),
  ];
}

function hostsText({ hosts }: Asked): string {
  return listText(
    hosts.map(({ host, user, port }) =>
      shownWord(
        `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${String(port)}`}`,
      ),
    ),
    8,
  );
}
