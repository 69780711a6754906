import { expect, test } from "vitest";
import { commandsLua, placesLua } from "../../src/request/editor-lua.ts";

test("lua/igor/commands.lua is what the source says; `npm run doc` writes it", async () => {
  await expect(commandsLua()).toMatchFileSnapshot("../../lua/igor/commands.lua");
});

test("lua/igor/places.lua is what the source says; `npm run doc` writes it", async () => {
  await expect(placesLua()).toMatchFileSnapshot("../../lua/igor/places.lua");
});
