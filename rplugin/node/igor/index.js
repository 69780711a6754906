"use strict";
// igor for the classic node host: `:UpdateRemotePlugins` writes these commands into the manifest, and they work where
// plugin/igor.lua was never read. The host is shared with other plugins, so nothing of igor runs in it: the first
// command reads plugin/igor.lua, whose commands take the place of these and do the work.
// Nor is it of any matter here how old the host's Node is, so that this is without `node:`.
const { resolve } = require("path");

const root = resolve(__dirname, "../../..");
const names = ["IgorPush", "IgorSetup", "IgorRepl", "IgorDebug"];

/** Neovim has read plugin/igor.lua, which says so in this variable to what the editor starts. */
const hasLua = process.env.IGOR_NVIM !== undefined && process.env.IGOR_NVIM === process.env.NVIM;

module.exports = (plugin) => {
  for (const name of names) {
    // `?` hands the arguments over as they were typed; `*` would split them.
    plugin.registerCommand(name, (...given) => run(plugin.nvim, name, given), { nargs: "?" });
    // Not waited for; `urgent`, since the failure of another plugin holds all other notifications back for ever.
    const { spec } = plugin.commands[name];
    spec.sync = "urgent";
    spec.opts.bang = "";
  }
  // An editor that has the commands keeps them: the manifest gets none.
  if (hasLua) Object.defineProperty(plugin, "specs", { value: [] });
};

/** Never fails: the host tells nobody of a failure. */
async function run(nvim, name, [words, isBang]) {
  const line = [`${name}${isBang ? "!" : ""}`, ...words].join(" ");
  try {
    await nvim.lua("local file = ...; dofile(file).run(select(2, ...))", [
      `${root}/lua/igor/classic.lua`,
      root,
      line,
    ]);
  } catch (error) {
    const tell = `local text = ...; vim.schedule(function()
      vim.notify(text:sub(1, vim.o.columns - 12), vim.log.levels.ERROR)
    end)`;
    await nvim.lua(tell, [`igor: ${error.message.split("\n")[0]}`]).catch(() => undefined);
  }
}
