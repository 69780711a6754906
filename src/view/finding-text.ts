import type { FoundContainer, FoundJob, FoundLeftover } from "../model/finding.ts";
import { unreachable } from "../model/unreachable.ts";
import { ageText } from "./amount-text.ts";
import { printable } from "./printable.ts";
import { shortId } from "./short-id.ts";

/** e.g. `up 3 hours, nothing runs in it`, `none: igor docker setup makes it` */
export function containerStateText(
  { state, since, group }: FoundContainer,
  isIdle: boolean,
): string {
  const setup = `igor docker setup${group === "dev" ? "" : ` -g ${group}`}`;
  const time = since === undefined ? "" : ` ${printable(since)}`;
  switch (state) {
    case "running":
      return `up${time}${isIdle ? ", nothing runs in it" : ""}`;
    case "paused":
      return `paused: docker unpause resumes it`;
    case "stopped":
      return `stopped${time === "" ? "" : `${time} ago`}: ${setup} starts it`;
    case "missing":
      return `none: ${setup} makes it`;
    default:
      return unreachable(state);
  }
}

/** e.g. `setup of cluster, runs for 12 s` */
export function jobText({ verb, group, state, ageMs }: FoundJob): string {
  const age = ageMs === undefined ? "" : ageText(ageMs);
  const how = {
    running: `runs${age === "" ? "" : ` for ${age}`}`,
    ended: "has ended",
    lost: "was killed",
    elsewhere: "on another host that has the directory, too",
  }[state];
  return printable(`${verb} of ${group}, ${how}`);
}

/** e.g. `container dino-toy-dev.previous` */
export function leftoverName({ what, name }: FoundLeftover): string {
  return printable(`${what} ${what === "session" ? shortId(name) : name}`);
}

/** Why it is there, and how it goes. */
export function leftoverText({ what, name, because, group = "" }: FoundLeftover): string {
  switch (because) {
    case "never-started":
      return "its start failed; the next igor docker setup replaces it";
    case "replaced":
      return "a setup was cut off while it replaced it; the next one puts it right";
    case "dead":
      return printable(`the engine could not remove it; docker rm -f ${name} there`);
    case "other-group":
      return printable(
        `of the group ${group}, which the configuration does not name; docker rm -f ${name} there, if nobody needs it`,
      );
    case "nameless":
      return printable(`an older build; docker image rm ${name} there`);
    case "abandoned":
      return what === "stage"
        ? "of a push that was cut off; a push removes it after a day"
        : printable(
            `its igor has gone, and nothing of it runs; igor stop ${shortId(name)} clears it`,
          );
    default:
      return unreachable(because);
  }
}
