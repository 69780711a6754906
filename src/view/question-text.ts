import type { Question } from "../model/question.ts";
import { unreachable } from "../model/unreachable.ts";
import { listText } from "./amount-text.ts";
import { printable } from "./printable.ts";
import { shownPath } from "./pull-text.ts";

/** A question as a person reads it; whatever is not yes is no. */
export function questionText(question: Question): string {
  switch (question.kind) {
    case "trust":
      return `Do you trust ${printable(question.file)} with that?`;
    case "replace":
    case "remove": {
      const where = question.inUse.map(({ host, container }) => `${container} on ${host}`);
      return `End what runs in ${where.join(" and ")}, and ${question.kind} the container?`;
    }
    case "overwrite": {
      const paths = [...new Set(question.changed.map(({ path }) => shownPath(path)))];
      const hosts = [...new Set(question.changed.map(({ host }) => host))].join(" and ");
      const those = paths.length === 1 ? "that" : "those";
      return `Move your ${listText(paths, 5)} to .igor/pull/conflicts/, and take ${those} of ${hosts}?`;
    }
    default:
      return unreachable(question);
  }
}
