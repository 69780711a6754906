import type { LaptopFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";

/** The words for what went wrong on the laptop itself. */
export function laptopText(failure: LaptopFailure): FailureText {
  switch (failure.reason) {
    case "unreadable-file":
      return { where: failure.path, details: [], ...unreadableText(failure) };
    case "laptop-tool-failed":
      return {
        headline: `${failure.program} failed on this machine`,
        details: failure.lastWords,
        hint: "its own words say why",
      };
    case "state-unwritable":
      return {
        headline: "igor cannot note on this machine what it sends, so it changed nothing there",
        where: failure.directory,
        details: [failure.detail],
        hint: "make room, give yourself the right to write there, or name another directory in XDG_STATE_HOME",
      };
    case "no-socket-directory":
      return {
        headline: "there is no private directory here for the sockets of shared connections",
        details: failure.places,
        hint: "one of these must be writable, yours alone and not too long a path: set XDG_RUNTIME_DIR to such a directory",
      };
    case "no-terminal":
      return {
        headline: `igor ${failure.verb} needs a terminal: ssh asks there, and a person answers`,
        details: [],
        hint: `run \`igor ${failure.verb}\` in a terminal, without a pipe; afterwards scripts need none`,
      };
    case "directory-gone":
      return {
        headline: "the directory that you are in is not there any more",
        details: [],
        hint: "go to the directory of your project; one that was made anew must be entered anew",
      };
    case "output-unwritable":
      return {
        headline: "standard output cannot be written; what was asked was ended",
        details: [failure.detail],
        hint: "make room where it goes to, and run the same command again",
      };
    case "bug":
      return {
        headline: `this is a bug of igor: ${failure.message}`,
        where: failure.version,
        details: failure.stack,
        hint: "please give these lines, and what you asked for, to those you have igor from; what is on the hosts is whole, and the same command may be tried again",
      };
    case "dockerfile-missing":
      return {
        headline: `no image can be built: ${failure.file} is missing`,
        where: failure.file,
        details: [],
        hint: "write it in the project's directory, or name another one with `dockerfile` in .igor/config.json",
      };
    case "rebuild-file-missing":
      return {
        headline: `no file of the project matches \`${failure.pattern}\` in docker_rebuild_files`,
        where: ".igor/config.json, docker_rebuild_files",
        details: [],
        hint: "correct the entry, or make the file; one that git ignores counts too",
      };
    case "cannot-write-here":
      return {
        headline: "what was pulled cannot be written on this machine",
        where: failure.path,
        details: [failure.detail],
        hint: "make room, or give yourself the right to write there, and pull again: it goes on where it was",
      };
    case "link-in-the-way-here":
      return {
        headline: `${failure.path} is a symbolic link; igor writes through none`,
        where: failure.path,
        details: [],
        hint: "put a directory in its place, and pull again",
      };
    case "nothing-to-ask-for":
      return {
        headline: "nothing says what to pull: the configuration names no outputs",
        where: `${failure.file}:${failure.line}`,
        details: [],
        hint: 'add a line such as `"outputs": ["runs/", "checkpoints/*.pt"],` there, or name what you want: `igor pull runs/`',
      };
    case "outside-project":
      return {
        headline: `${failure.path} is outside of the project`,
        where: failure.root,
        details: [],
        hint: "igor pull brings what is in the project's directory on a host to the same place here; for anything else there is `rsync` or `scp`",
      };
    default:
      return unreachable(failure);
  }
}

function unreadableText({
  path,
  cause,
}: Extract<LaptopFailure, { reason: "unreadable-file" }>): Pick<FailureText, "headline" | "hint"> {
  const exclude = "list it in `.igorignore` if it need not travel";
  switch (cause) {
    case "not-utf8":
      return {
        headline: `the name of ${path} is not UTF-8 and cannot travel`,
        hint: `rename it, or ${exclude}`,
      };
    case "target-not-utf8":
      return {
        headline: `where the link ${path} leads is not UTF-8 and cannot travel`,
        hint: `link to another name, or ${exclude}`,
      };
    case "no-permission":
      return {
        headline: `${path} cannot be read here (Permission denied)`,
        hint: `give yourself the right to read it, e.g. \`chmod u+r\`, or ${exclude}`,
      };
    case "too-large":
      return {
        headline: `${path} has more than 2 GiB and cannot travel without rsync`,
        hint: `install rsync on both sides, or ${exclude}`,
      };
    default:
      return unreachable(cause);
  }
}
