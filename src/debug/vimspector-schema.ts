import { Ajv } from "ajv";
import schema from "../../schema/vimspector.schema.json" with { type: "json" };
import type { Json } from "./json-text.ts";

const isValid = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: true,
  strictRequired: true,
}).compile(schema);

/** What is wrong with entries of igor for vimspector, by a schema that lets no unknown key pass; none when all is well. */
export function vimspectorMistakes(own: Json): readonly string[] {
  if (isValid(own)) return [];
  return (isValid.errors ?? []).map(({ instancePath, message = "", params }) => {
    const named = Object.values(params as Record<string, unknown>).filter(
      (value) => typeof value === "string",
    );
    return `${instancePath} ${message} (${named.join(", ")})`;
  });
}
