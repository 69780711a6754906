import type { EngineFailure } from "../model/failure-engine.ts";
import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import { buildFailedText, logCommandOf } from "./failure-text-build.ts";
import type { FailureText } from "./failure-text.ts";

type OfEngine = Extract<HostFailure, { reason: EngineFailure["reason"] }>;

/** The words for what went wrong with the container engine and what igor keeps in it. */
export function engineText(failure: OfEngine): FailureText {
  const { host, lastWords } = failure;
  switch (failure.reason) {
    case "engine-unavailable":
      return { details: lastWords, ...engineUnavailableText(failure) };
    case "job-lost":
      return {
        headline: `${host}: the job ${failure.job} ended without a result: it was killed, or the host was restarted`,
        where: `${host}:${failure.log}`,
        details: lastWords,
        hint: `run the same command again; the log: \`${logCommandOf(host, failure.log)}\``,
      };
    case "job-stopped":
      return {
        headline: `${host}: the job ${failure.job} was stopped`,
        where: `${host}:${failure.log}`,
        details: lastWords,
        hint: "somebody ended it, with `igor stop` or where it was begun; run the same command again to begin anew",
      };
    case "job-out-of-reach":
      return {
        headline: `${host}: the connection is lost, but what was begun goes on there`,
        where: `${host}:${failure.log}`,
        details: lastWords,
        hint: "run the same command again when the host can be reached: it follows what runs, or finds it done",
      };
    case "build-failed":
      return buildFailedText(failure);
    case "no-container":
      return {
        headline: `${host}: ${noContainerWords(failure)}`,
        details: lastWords,
        hint:
          failure.state === "paused"
            ? `resume it with \`ssh ${host} ${failure.engine} unpause ${failure.container}\``
            : `run \`igor docker setup\`, which ${failure.state === "other-directory" ? "replaces" : "starts"} it`,
      };
    case "no-directory":
      return {
        headline: `${host}: the container has no directory ${failure.directory}`,
        where: `${host}, container ${failure.container}`,
        details: lastWords,
        hint: "run `igor push` if it has files that are not there yet (empty directories are not sent), or call igor from another directory",
      };
    case "repl-ended":
      return {
        headline: `${host}: the REPL has ended: ${replEndText(failure.cause)}`,
        details: lastWords,
        hint: "`igor docker repl` begins another one",
      };
    case "container-in-use":
      return {
        headline: `${host}: the container would be ${failure.would}d, but something runs in it`,
        where: `${host}, container ${failure.container}`,
        details: [...failure.processes, ...lastWords],
        hint:
          failure.would === "remove"
            ? "end what runs there, or run the same command without a terminal, where it asks nothing, to end it and remove the container"
            : "end what runs there; or `igor docker setup --replace` ends it and replaces the container",
      };
    case "container-foreign":
      return {
        headline: `${host}: there is a container named ${failure.container} that igor did not make for this project (${failure.owner}); it is left alone`,
        where: `${host}, container ${failure.container}`,
        details: lastWords,
        hint: "remove or rename it if it is yours, or set another `user` or `project` in .igor/config.json",
      };
    case "container-not-started":
      return notStartedText(failure);
    default:
      return unreachable(failure);
  }
}

function engineUnavailableText(
  failure: Extract<OfEngine, { reason: "engine-unavailable" }>,
): Pick<FailureText, "headline" | "hint"> {
  const { host, engine, cause } = failure;
  switch (cause) {
    case "missing":
      return {
        headline: `${host}: ${engine} is not installed there`,
        hint: `install it on ${host}, or make it visible in the PATH of a non-interactive login there (\`ssh ${host} 'command -v ${engine}'\` must print it)`,
      };
    case "no-rights":
      return {
        headline: `${host}: you may not use ${engine} there (no rights on its socket)`,
        hint: `ask for it, e.g. \`sudo usermod -aG ${engine} $USER\` on ${host}, then try again after 10 minutes: igor's shared connection is a login with the old groups until then`,
      };
    case "stopped":
      return {
        headline: `${host}: the ${engine} daemon does not run there`,
        hint: `start it, e.g. \`sudo systemctl start ${engine}\` on ${host}`,
      };
    case "not-answering":
      return {
        headline: `${host}: ${engine === "docker" ? "the docker daemon" : engine} does not answer`,
        hint: `it may be busy or stuck: try \`ssh ${host} ${engine} ps\`${engine === "docker" ? ", and restart the daemon if that hangs too" : ""}`,
      };
    default:
      return unreachable(cause);
  }
}

function noContainerWords(failure: Extract<OfEngine, { reason: "no-container" }>): string {
  switch (failure.state) {
    case "missing":
      return `there is no container ${failure.container} there yet`;
    case "stopped":
      return `the container ${failure.container} is stopped`;
    case "paused":
      return `the container ${failure.container} is paused`;
    case "other-directory":
      return `the container ${failure.container} still has the project's old directory, which was deleted or moved`;
    default:
      return unreachable(failure.state);
  }
}

function notStartedText(
  failure: Extract<OfEngine, { reason: "container-not-started" }>,
): FailureText {
  const { host, container, cause, detail, previous, lastWords } = failure;
  const about = detail === undefined ? "" : ` (${detail})`;
  const before = {
    none: "",
    "running-again": "; the one before runs again",
    lost: "; the one before could not be started again either",
  }[previous];
  const text = (happened: string, hint: string): FailureText => ({
    headline: `${host}: the new container does not start: ${happened}${about}${before}`,
    where: `${host}, container ${container}`,
    details: lastWords,
    hint,
  });
  switch (cause) {
    case "gpu":
      return text(
        "it cannot have the GPUs",
        "check the driver and the NVIDIA container toolkit there (`nvidia-smi`), or set `gpus` to `auto` or `none` in .igor/config.json",
      );
    case "mount":
      return text(
        "a directory to mount is not there",
        `make it on ${host}, or correct \`mounts\` in .igor/config.json`,
      );
    case "no-shell":
      return text(
        "its image has no `sh`",
        "igor needs a shell in the image: choose a base that has one, e.g. `-slim` and not `scratch` or distroless",
      );
    case "arguments":
      return text(
        "the engine does not accept its options",
        "correct `docker_args`, `network` or `shm_size` in .igor/config.json; `igor docker setup --plan` shows all options",
      );
    case "other":
      return text(
        "the engine refused",
        `correct what it names, in .igor/config.json or on ${host}, and run the same command again`,
      );
    default:
      return unreachable(cause);
  }
}

function replEndText(cause: Extract<HostFailure, { reason: "repl-ended" }>["cause"]): string {
  switch (cause) {
    case "stopped":
      return "`igor stop` or somebody there ended it";
    case "replaced":
      return "`igor docker repl --new` put another one in its place";
    case "expired":
      return "nobody was attached to it for a day";
    case "gone":
      return "it is not there any more";
    default:
      return unreachable(cause);
  }
}
