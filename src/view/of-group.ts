/** The group that is meant when none is named. */
const standard = "dev";

/** An advice about a host of a group: its commands name the group, unless it is the default one. e.g. `igor push -g cluster --adopt` */
export function ofGroup(text: string, group: string): string {
  if (group === standard || group === "") return text;
  return text.replace(/\bigor (?:push|docker (?:build|setup|clean))\b/g, `$& -g ${group}`);
}
