import * as z from "zod/mini";
import type { ConfigKey } from "../model/config-key.ts";
import { configSchema } from "./config-schema.ts";

/** Every key that a configuration may hold, in the order of the schema, for `igor help config`. */
export function configKeys(): readonly ConfigKey[] {
  return keysBelow(z.toJSONSchema(configSchema, { io: "input" }), "");
}

type Schema = z.core.JSONSchema.JSONSchema;

/** e.g. `host_groups.NAME.hosts[].dir` */
function keysBelow(schema: Schema, path: string): readonly ConfigKey[] {
  const { properties = {}, required = [], items, additionalProperties } = schema;
  const ofItems = isSchema(items) ? keysBelow(items, `${path}[]`) : [];
  const ofMembers = isSchema(additionalProperties)
    ? keysBelow(additionalProperties, `${path}.NAME`)
    : [];
  const own = Object.entries(properties).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const key = path === "" ? name : `${path}.${name}`;
    const { description = "", default: standard } = value;
    const asJson = standard === undefined ? undefined : JSON.stringify(standard);
    const isRequired = required.includes(name);
    return [{ key, description, default: asJson, isRequired }, ...keysBelow(value, key)];
  });
  return [...ofItems, ...ofMembers, ...own];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
