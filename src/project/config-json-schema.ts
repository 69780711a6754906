import * as z from "zod/mini";
import { configSchema } from "./config-schema.ts";

/** The schema as editors read it, for `schema/config.schema.json`. */
export function configJsonSchema(): object {
  return {
    title: "igor project",
    ...z.toJSONSchema(configSchema, { io: "input", target: "draft-7" }),
  };
}
