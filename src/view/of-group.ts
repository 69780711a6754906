/** The group that is meant when none is named. */
const standard = "dev";

/**
 * An advice about a host of a group: its commands name the group, unless it is the default one, and the host where only
 * that is meant. e.g. `igor push -g cluster --adopt`
 */
export function ofGroup(text: string, group: string, host?: string): string {
  const options = [
    ...(group === standard || group === "" ? [] : [` -g ${group}`]),
    ...(host === undefined ? [] : [` --host ${host}`]),
  ].join("");
  return text.replace(
    /\bigor (?:push(?! --watch)|pull|doctor|docker (?:build|setup|clean|ps))\b/g,
    (command) => `${command}${options}`,
  );
}
