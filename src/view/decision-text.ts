import type { Decision, WithoutRsync } from "../model/event.ts";
import { unreachable } from "../model/unreachable.ts";
import { byteText, countText, durationText, listText } from "./amount-text.ts";
import { buildText, containerReasonText, gpuText } from "./decision-text-container.ts";
import { runningClause } from "./decision-text-running.ts";
import { headlineAt } from "./failure-text.ts";
import { printable } from "./printable.ts";
import { pullDecisionText } from "./pull-text.ts";

/**
 * Whether a decision says how a host ended up, was a step on the way there, needs the user's attention,
 * or is told when it happens, because the end may be hours away.
 */
export type DecisionWeight = "outcome" | "step" | "warning" | "news";

/** How much a decision weighs on the screen. */
export function decisionWeight(decision: Decision): DecisionWeight {
  switch (decision.kind) {
    case "pushed":
    case "nothing-to-push":
    case "pulled":
    case "nothing-to-pull":
    case "nothing-there":
    case "adopted":
    case "image-up-to-date":
    case "building":
    case "container-kept":
    case "container-started":
    case "container-replaced":
    case "removed":
    case "job-stopped":
    case "nothing-to-remove":
    case "stopped":
    case "nothing-to-stop":
    case "connection-closed":
    case "connection-kept":
      return "outcome";
    case "log-of":
    case "no-log":
    case "watching":
    case "synced":
    case "not-pushed":
    case "not-watched":
    case "connected-again":
    case "repl-cut":
    case "repl-left":
    case "repl-not-kept":
      return "news";
    case "reconciling":
    case "built":
    case "joined-job":
    case "not-here":
      return "step";
    case "gpus":
      return decision.found === "no-runtime" ? "warning" : "step";
    case "kept-aside":
    case "kept-aside-here":
    case "not-brought":
    case "changed-meanwhile":
    case "left-alone":
    case "new-source":
    case "copied-directory-ignored":
    case "port-taken":
    case "files-not-yours":
    case "by-tar":
    case "stops-at-logout":
    case "image-kept":
    case "retrying":
    case "other-host-key":
    case "out-of-memory":
      return "warning";
    default:
      return unreachable(decision);
  }
}

/** A decision and its reason as one clause, e.g. `rebuilding: requirements.txt changed`. */
export function decisionText(decision: Decision, host: string): string {
  return printable(clauseOf(decision, host));
}

/** The same once it is done, e.g. `rebuilt: requirements.txt changed`, or `then 12 saves`. */
export function outcomeText(decision: Decision, host: string): string {
  if (decision.kind === "synced") return `then ${countText(decision.pushes, "save")}`;
  return decisionText(decision, host).replace(/^(re)?building: /, "$1built: ");
}

function clauseOf(decision: Decision, host: string): string {
  switch (decision.kind) {
    case "pushed":
      return pushedText(decision);
    case "watching":
      return `watching ${countText(decision.files, "file")}`;
    case "synced":
      return syncedText(decision);
    case "not-pushed":
      return `not pushed, will try again: ${headlineAt(decision.failure, host)}`;
    case "not-watched":
      return `not watched, as this machine allows no more: ${decision.directories} of the directories; what is saved there is pushed some seconds later (\`sudo sysctl fs.inotify.max_user_watches=524288\` allows more)`;
    case "connected-again":
      return "connected again";
    case "nothing-to-push":
      return `nothing to push (${countText(decision.files, "file")})`;
    case "pulled":
    case "nothing-to-pull":
    case "nothing-there":
    case "kept-aside-here":
    case "not-brought":
    case "changed-meanwhile":
      return pullDecisionText(decision, host);
    case "kept-aside":
      return `kept aside ${countText(decision.paths.length, "file")} that igor did not put there: ${listText(decision.paths, 5)} (in ${decision.directory})`;
    case "left-alone":
      return `left alone ${countText(decision.files, "file")} there that this checkout did not put there`;
    case "adopted":
      return `adopted ${decision.dir}`;
    case "new-source":
      return `pushed before from ${decision.previous}; from here now`;
    case "reconciling":
      return decision.because === "first-push"
        ? "comparing all files: first push from here"
        : "comparing all files: the host does not hold what igor last sent";
    case "by-tar":
      return byTarText(decision.because, host);
    case "image-up-to-date":
      return "image up to date";
    case "building":
      return buildText(decision.because, host);
    case "built":
      return `built ${decision.image}`;
    case "copied-directory-ignored":
      return `${decision.directory} is copied by ${decision.dockerfile} but is no reason to rebuild; list it in docker_rebuild_files if it should be`;
    case "joined-job":
      return `following the job that runs already (${decision.job}); a cancel here leaves it running`;
    case "container-kept":
      return "container kept";
    case "container-started":
      return `container started: ${containerReasonText(decision.because, host)}`;
    case "container-replaced":
      return `container replaced: ${containerReasonText(decision.because, host)}`;
    case "port-taken":
      return `port ${decision.port} is not published: ${decision.holder} has it`;
    case "gpus":
      return gpuText(decision.found);
    case "files-not-yours":
      return `files made in the container belong to ${decision.owner}, not to you`;
    case "stops-at-logout":
      return `the container will stop when you log out there, and igor's connection does so 10 minutes after its last use; \`ssh ${host} loginctl enable-linger\` lets it run on`;
    case "job-stopped":
      return `stopped the job ${decision.job}`;
    case "image-kept":
      return `kept image ${decision.name}: ${listText(decision.usedBy, 3)} ${decision.usedBy.length === 1 ? "uses" : "use"} it`;
    case "removed":
      return `removed ${decision.what} ${decision.name}`;
    case "nothing-to-remove":
      return "nothing to remove";
    case "retrying":
      return `trying once more: ${decision.because}`;
    case "out-of-memory":
      return "the memory there ran out while the command ran, and KILL ended it; `igor docker ps` shows what else uses memory, and `--memory` in `docker_args` may limit it";
    case "other-host-key":
      return `its host key is not the one that this machine knows${decision.keyAt === undefined ? "" : ` (${decision.keyAt})`}: another machine may answer, and your ssh configuration lets it (StrictHostKeyChecking no)`;
    case "stopped":
    case "not-here":
    case "nothing-to-stop":
    case "connection-closed":
    case "connection-kept":
    case "log-of":
    case "no-log":
    case "repl-cut":
    case "repl-left":
    case "repl-not-kept":
      return runningClause(decision, host);
    default:
      return unreachable(decision);
  }
}

function byTarText(because: WithoutRsync, host: string): string {
  const text = "the files go by tar, and rsync would send less";
  const openrsync = "is openrsync, which lacks options that igor needs";
  switch (because) {
    case "no-rsync-here":
      return `${text}: it is not installed on this machine`;
    case "openrsync-here":
      return `${text}: that of this machine ${openrsync}`;
    case "no-rsync-there":
      return `${text}: it is not installed on ${host}`;
    case "openrsync-there":
      return `${text}: that of ${host} ${openrsync}`;
    default:
      return unreachable(because);
  }
}

function pushedText({
  files,
  deleted,
  bytes,
}: Pick<Extract<Decision, { kind: "pushed" }>, "files" | "deleted" | "bytes">): string {
  const deletions =
    deleted > 0 ? `${files > 0 ? deleted : countText(deleted, "file")} deleted` : "";
  const additions =
    files > 0 || deleted === 0 ? `${countText(files, "file")} pushed (${byteText(bytes)})` : "";
  return [additions, deletions].filter((part) => part !== "").join(", ");
}

/** e.g. `src/train.py pushed (1.2 kB) in 58 ms` */
function syncedText({ path, tookMs, ...pushed }: Extract<Decision, { kind: "synced" }>): string {
  const { files, deleted, bytes } = pushed;
  const what =
    path === undefined || files + deleted !== 1
      ? pushedText(pushed)
      : files === 1
        ? `${path} pushed (${byteText(bytes)})`
        : `${path} deleted`;
  return `${what} in ${tookMs < 1000 ? `${tookMs} ms` : durationText(tookMs)}`;
}
