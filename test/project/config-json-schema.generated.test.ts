import { expect, test } from "vitest";
import { configJsonSchema } from "../../src/project/config-json-schema.ts";
import { configKeys } from "../../src/project/config-keys.ts";

test("schema/config.schema.json is what the source says; `npm run doc` writes it", async () => {
  const text = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../schema/config.schema.json");
});

test("every key has a description, and only host_groups with one host is required", () => {
  const keys = configKeys();
  expect(keys.filter(({ description }) => description === "")).toEqual([]);
  expect(keys.filter(({ isRequired }) => isRequired).map(({ key }) => key)).toEqual([
    "host_groups",
    "host_groups.NAME.hosts",
    "host_groups.NAME.hosts[].host",
    "host_groups.NAME.hosts[].dir",
    "mounts[].source",
    "mounts[].target",
    "debug.path_mappings[].local",
    "debug.path_mappings[].remote",
  ]);
});
