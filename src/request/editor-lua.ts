import { commandOf } from "./commands.ts";
import { flagsWithValue, places } from "./completion.ts";
import { editorCommands } from "./editor-commands.ts";
import { flagsOf } from "./options.ts";

const generated =
  "-- Generated from src/request/ by `npm run doc`; do not edit.\n-- luacheck: no max line length\n";

/** `lua/igor/commands.lua`: the commands of Neovim that stand for verbs. */
export function commandsLua(): string {
  const rows = editorCommands.map(({ name, verb, bang, summary }) => {
    const command = commandOf(verb);
    const flag = bang === undefined ? undefined : flagsOf(bang).at(-1)?.written;
    return lua({
      name,
      verb: command.words.join(" "),
      ...(flag === undefined ? {} : { bang: flag }),
      summary: `igor: ${summary ?? command.summary}`,
    });
  });
  return `${generated}return {\n${rows.map((row) => `  ${row},\n`).join("")}}\n`;
}

/** `lua/igor/places.lua`: what can be completed where, as the shells' scripts have it. */
export function placesLua(): string {
  const rows = places().map(({ verb, words, options, arguments: taken }) => {
    const flags = options.map(({ names, value }) => ({
      names,
      ...(value === undefined ? {} : { value: value.of ?? "text" }),
    }));
    const { values, verbatim } = taken ?? {};
    const place = {
      words: words.map(({ term }) => term),
      flags,
      ...(values === undefined ? {} : { values }),
      ...(verbatim === true ? { verbatim } : {}),
    };
    return `  [${JSON.stringify(verb)}] = ${lua(place)},\n`;
  });
  const groupFlags = lua(flagsWithValue("host-groups"));
  return `${generated}return {\n  group_flags = ${groupFlags},\n  places = {\n${rows.map((row) => `  ${row}`).join("")}  },\n}\n`;
}

/** A value as Lua writes it. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{ ${value.map(lua).join(", ")} }`.replace("{  }", "{}");
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, inner]) => `${key} = ${lua(inner)}`);
    return `{ ${fields.join(", ")} }`;
  }
  return JSON.stringify(value);
}
