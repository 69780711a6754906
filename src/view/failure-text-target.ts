import type { HostFailure, TargetFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";

type OnTarget = Extract<
  HostFailure,
  { reason: TargetFailure["reason"] | "disk-full" | "not-writable" }
>;

/** The words for why igor does not, or cannot, write to the directory on the host. */
export function targetText(failure: OnTarget): FailureText {
  const { host, lastWords } = failure;
  switch (failure.reason) {
    case "target-refused":
      return {
        where: `${host}:${failure.dir}`,
        details: lastWords,
        ...targetRefusedText(failure),
      };
    case "symlink-in-the-way":
      return {
        headline: `${host}: ${failure.path} is a symbolic link there that igor did not make; it is not followed`,
        where: `${host}:${failure.path}`,
        details: lastWords,
        hint: "here it is a directory: remove the link on the host, or put the path into `.igorignore`, then push again",
      };
    case "locked":
      return {
        headline: `${host}: another igor works on this project there (${failure.holder})`,
        details: lastWords,
        hint: "wait until it is through, or end it there; a lock whose owner is gone is taken over by itself",
      };
    case "disk-full":
      return {
        headline: `${host}: no space left on the disk there`,
        ...(failure.path === "" ? {} : { where: `${host}:${failure.path}` }),
        details: lastWords,
        hint: `make room (\`ssh ${host} 'df -h; df -i'\` shows where space or inodes ran out; \`igor docker clean --images\` removes this project's images) and run the same command again`,
      };
    case "not-writable":
      return notWritableText(failure);
    default:
      return unreachable(failure);
  }
}

function notWritableText({
  host,
  path,
  lastWords,
}: Extract<OnTarget, { reason: "not-writable" }>): FailureText {
  const base = {
    headline: `${host}: ${path === "" ? "the project's directory there" : path} cannot be written`,
    ...(path === "" ? {} : { where: `${host}:${path}` }),
    details: lastWords,
  };
  // mkdir: cannot create directory 'x': Read-only file system
  if (lastWords.some((line) => line.includes("Read-only file system")))
    return {
      ...base,
      hint: `its file system is mounted read-only, as Linux does after an error of the disk: ask who looks after ${host} (\`ssh ${host} dmesg\` may say why), or choose another \`dir\` in .igor/config.json`,
    };
  return {
    ...base,
    hint: "somebody else may own it, as what a container of root made: `igor doctor` lists such files, and how they become yours; else choose another `dir` in .igor/config.json",
  };
}

function targetRefusedText(
  failure: Extract<OnTarget, { reason: "target-refused" }>,
): Pick<FailureText, "headline" | "hint"> {
  const { host, dir, cause } = failure;
  const found = failure.found ?? "unknown";
  switch (cause) {
    case "root":
      return {
        headline: `${host}: igor does not push into the root directory`,
        hint: "set `dir` in .igor/config.json to a directory of your own, e.g. `~/igor`",
      };
    case "home":
      return {
        headline: `${host}: ${dir} is a home directory; igor does not push into one`,
        hint: "set `dir` in .igor/config.json to a directory below it, e.g. `~/igor`",
      };
    case "outside":
      return {
        headline: `${host}: the project's directory there leads out of ${dir}${failure.found === undefined ? "" : ` (to ${failure.found})`}`,
        hint: "igor writes only inside `dir`: check for a symbolic link on the way, or choose another `dir` in .igor/config.json",
      };
    case "not-a-directory":
      return {
        headline: `${host}: ${dir} is there, but is not a directory`,
        hint: "move it away on the host, or choose another `dir` in .igor/config.json",
      };
    case "has-files":
      return {
        headline: `${host}: ${dir} holds files that igor did not put there`,
        hint: "`igor push --adopt` takes the directory over (files that differ are kept aside first, none is lost), or choose another `dir`",
      };
    case "other-owner":
      return {
        headline: `${host}: ${dir} belongs to another user of igor (${found})`,
        hint: "choose a `dir` of your own in .igor/config.json; a directory of another user is never taken over",
      };
    case "other-project":
      return {
        headline: `${host}: ${dir} holds another project (${found})`,
        hint: "give this project another name (`project` in .igor/config.json) or another `dir`; `igor push --adopt` takes the directory over",
      };
    default:
      return unreachable(cause);
  }
}
