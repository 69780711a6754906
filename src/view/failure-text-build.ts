import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";

type BuildFailure = Extract<HostFailure, { reason: "build-failed" }>;

/** The words for an image that could not be built. */
export function buildFailedText(failure: BuildFailure): FailureText {
  const { host, engine, cause, step, log, lastWords } = failure;
  const text = (happened: string, hint: string): FailureText => ({
    headline: `${host}: the image could not be built: ${happened}`,
    where: step ?? `${host}:${log}`,
    details: lastWords,
    hint: `${hint}; the whole log: \`${logCommandOf(host, log)}\``,
  });
  const again = "and run the same command again";
  switch (cause) {
    case "step":
      return text("a command in the dockerfile failed", `correct that step ${again}`);
    case "base-image":
      return text(
        "its base image could not be had",
        engine === "podman"
          ? `check the name after FROM, which podman may want whole (docker.io/library/python:3.12), and that ${host} may pull it (\`podman login\` there for a private registry)`
          : `check the name after FROM, and that ${host} may pull it (\`docker login\` there for a private registry)`,
      );
    case "dockerfile-syntax":
      return text("the dockerfile has a mistake", `correct the line that is named ${again}`);
    case "missing-file":
      return text(
        "a file that the dockerfile copies is not there",
        `check the path in COPY or ADD, and that no ignore file leaves it out (.dockerignore, .gitignore, .igorignore), ${again}`,
      );
    case "disk-full":
      return text(
        "no space left on the disk",
        `make room, e.g. with \`ssh ${host} ${engine} system df\` and \`igor docker clean --images\`, ${again}`,
      );
    case "engine-gone":
      return text(
        `${engine} ended while it built`,
        `see why with whoever keeps ${host}, ${again}: what was built is not built again`,
      );
    default:
      return unreachable(cause);
  }
}

/** Shows a file on a host, as one command to copy; two shells read it. */
export function logCommandOf(host: string, file: string): string {
  if (/^[\w@%+=:,./-]+$/.test(file)) return `ssh -t ${host} less ${file}`;
  const quoted = `'${file.replaceAll("'", "'\\''")}'`;
  return `ssh -t ${host} "less ${quoted.replace(/[$"\`\\]/g, "\\$&")}"`;
}
