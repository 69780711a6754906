import type {
  FoundContainerState,
  FoundEngineState,
  FoundImageState,
  FoundPending,
  FoundTree,
  StatusFinding,
} from "../model/finding-status.ts";
import type { ContainerReason } from "../model/event.ts";
import { unreachable } from "../model/unreachable.ts";
import { ageText, byteText, countText, durationText, listText } from "./amount-text.ts";
import type { Style } from "./line.ts";
import { attachedText } from "./process-rows.ts";
import { shortId } from "./short-id.ts";

/** One row about a host. */
export interface StatusFact {
  readonly label: string;
  readonly text: string;
  readonly style: Style;
}

/** What there is to say about a host, in the order of the way there: the files, the image, the container, the rest. */
export function factsOf(found: readonly StatusFinding[]): readonly StatusFact[] {
  const one = <K extends StatusFinding["kind"]>(
    kind: K,
  ): Extract<StatusFinding, { kind: K }> | undefined => found.find(isOf(kind));
  const [tree, pending, disk] = [one("tree"), one("pending"), one("disk")];
  const [image, container, engine] = [
    one("image-state"),
    one("container-state"),
    one("engine-state"),
  ];
  const kept = tree?.keptAside ?? 0;
  return [
    ...(pending === undefined ? [] : [fact("files", ...filesText(tree, pending))]),
    ...(kept === 0
      ? []
      : [
          fact(
            "conflicts",
            `${countText(kept, "file")} that igor did not put there are kept in .igor/host/conflicts/`,
            "warning",
          ),
        ]),
    ...(engine === undefined ? [] : [fact("engine", engineText(engine), "bad")]),
    ...(image === undefined ? [] : [fact("image", ...imageText(image))]),
    ...(container === undefined ? [] : [fact("container", ...containerText(container))]),
    ...found
      .filter(isOf("task"))
      .map(({ verb, group, ageMs, id }) =>
        fact("running", `${verb} of ${group}, for ${ageText(ageMs)} (${id})`, "running"),
      ),
    ...found
      .filter(isOf("repl"))
      .map(({ id, ageMs, ...kept }) =>
        fact(
          "repl",
          `kept for ${ageText(ageMs)}, ${attachedText(kept)} (${shortId(id)})`,
          "running",
        ),
      ),
    ...(disk === undefined ? [] : [fact("disk", ...diskText(disk))]),
    ...found
      .filter(isOf("timings"))
      .map(({ last }) =>
        fact(
          "took",
          last
            .map(
              ({ verb, tookMs, agoMs }) =>
                `${verb} ${durationText(tookMs)} (${ageText(agoMs)} ago)`,
            )
            .join(", "),
        ),
      ),
  ];
}

function isOf<K extends StatusFinding["kind"]>(kind: K) {
  return (found: StatusFinding): found is Extract<StatusFinding, { kind: K }> =>
    found.kind === kind;
}

function fact(label: string, text: string, style: Style = "plain"): StatusFact {
  return { label, text, style };
}

type Said = readonly [text: string, style: Style];

function filesText(tree: FoundTree | undefined, pending: FoundPending): Said {
  if (tree !== undefined) return treeText(tree, pending);
  const known = `since the last push from here: ${pendingText(pending)}`;
  return [pending.isFirst ? firstText(pending) : known, "plain"];
}

function treeText(
  { state, ageMs, source = "elsewhere", found }: FoundTree,
  pending: FoundPending,
): Said {
  const ago = ageMs === undefined ? "" : ` ${ageText(ageMs)} ago`;
  const count = countText(pending.files, "file");
  const all = `the next push compares all ${count}`;
  switch (state) {
    case "known":
      return pending.send + pending.delete === 0
        ? [`pushed from here${ago}, ${count}; nothing to send`, "good"]
        : [`pushed from here${ago}; ${pendingText(pending)}: igor push`, "warning"];
    case "other":
      return [
        `pushed${ago} from ${source}, and not what was last sent from here: ${all}`,
        "warning",
      ];
    case "unsure":
      return [`pushed${ago} from ${source}; the machine was started anew since: ${all}`, "warning"];
    case "empty":
    case "missing":
      return [firstText(pending), "warning"];
    case "unmarked":
      return [
        "the directory there holds files that igor did not put there: igor push --adopt takes it over",
        "bad",
      ];
    case "other-project":
      return [
        `the directory there belongs to the project ${found ?? "of others"}: a push is refused`,
        "bad",
      ];
    case "other-owner":
      return [
        `the directory there belongs to ${found ?? "somebody else"}: a push is refused`,
        "bad",
      ];
    default:
      return unreachable(state);
  }
}

function firstText({ files, bytes }: FoundPending): string {
  return `nothing was pushed yet; ${countText(files, "file")} to send (${byteText(bytes)}): igor push`;
}

function pendingText({ send, bytes, delete: gone }: FoundPending): string {
  if (send + gone === 0) return "nothing to send";
  const sent = send === 0 ? [] : [`${countText(send, "file")} to send (${byteText(bytes)})`];
  const deleted = gone === 0 ? [] : [`${send === 0 ? countText(gone, "file") : gone} to delete`];
  return [...sent, ...deleted].join(", ");
}

function engineText({ engine, cause }: FoundEngineState): string {
  const happened = {
    missing: "is not installed there",
    "no-rights": "may not be used by you there",
    stopped: "does not run there",
    "not-answering": "does not answer there",
    other: "does not say what it has there",
  }[cause];
  return `${engine} ${happened}: igor doctor tells what to do`;
}

function imageText({ name, because, ageMs }: FoundImageState): Said {
  const built = ageMs === undefined ? "built" : `built ${ageText(ageMs)} ago`;
  switch (because?.kind) {
    case undefined:
      return [`${name} is up to date, ${built}`, "good"];
    case "no-image":
      return ["not built yet: igor docker setup builds it", "warning"];
    case "changed":
      return [
        `${name}, ${built}; changed since: ${listText(because.inputs, 4)}; igor docker setup builds it anew`,
        "warning",
      ];
    case "unknown":
      return [
        `${name}, ${built}; whether it is up to date cannot be told: igor config check`,
        "warning",
      ];
    default:
      return unreachable(because);
  }
}

function containerText({ name, state, because, sinceMs }: FoundContainerState): Said {
  const since = sinceMs === undefined ? "" : ageText(sinceMs);
  const next = because === undefined ? "" : `; ${nextText(because)}`;
  switch (state) {
    case "running":
      return [
        since === "" ? `${name} runs${next}` : `${name} has run for ${since}${next}`,
        because === undefined ? "good" : "warning",
      ];
    case "paused":
      return [`${name} is paused${next}`, "warning"];
    case "stopped":
      return [
        since === "" ? `${name} is stopped${next}` : `${name} has been stopped for ${since}${next}`,
        "warning",
      ];
    case "missing":
      return ["none: igor docker setup makes it", "warning"];
    case "foreign":
      return [
        `${name} was not made by igor for this project: igor docker setup refuses to replace it`,
        "bad",
      ];
    default:
      return unreachable(state);
  }
}

function nextText(because: ContainerReason): string {
  switch (because.kind) {
    case "no-container":
      return "igor docker setup makes it";
    case "stopped":
      return "igor docker setup starts it";
    case "leftover":
      return "it never started: igor docker setup replaces it";
    case "new-image":
      return "its image is out of date: igor docker setup replaces it";
    case "other-directory":
      return "it still has the project's old directory, which was deleted or moved: igor docker setup replaces it";
    case "changed":
      return `changed in the configuration: ${listText(because.keys, 4)}; igor docker setup replaces it`;
    default:
      return unreachable(because);
  }
}

/** Less than this is worth a colour. */
const littleBytes = 5e9;

function diskText({ freeBytes, totalBytes }: Extract<StatusFinding, { kind: "disk" }>): Said {
  const isLittle = freeBytes < littleBytes && freeBytes < totalBytes / 10;
  return [`${byteText(freeBytes)} free of ${byteText(totalBytes)}`, isLittle ? "warning" : "plain"];
}
