import { debugEntries, mostWaitSeconds, ownPrefix } from "./entries.ts";

/** An expression of Lua, where others have text. */
interface Lua {
  readonly lua: string;
}

/** What tells nvim-dap about igor, as a file of Lua: it may be run again, and leaves the user's own entries alone. */
export function nvimDapLua(): string {
  const entries = debugEntries<string | Lua>({
    file: "${file}",
    relativeFile: { lua: "relative_file" },
    root: { lua: "root" },
  });
  const configurations = entries.flatMap(({ name, request, given }) => {
    const pairs = { type: "igor", name, request, ...given };
    const lines = Object.entries(pairs).map(([key, value]) => `    ${key} = ${luaText(value)},`);
    return ["  {", ...lines, "  },"];
  });
  return [...head, ...configurations, ...tail, ""].join("\n");
}

type LuaValue = string | Lua | readonly (string | Lua)[];

/** nvim-dap calls functions when a debugger begins, but not those in lists: a list that needs one is made by one. */
function luaText(value: LuaValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if ("lua" in value) return value.lua;
  const items = value.map((item) => (typeof item === "string" ? luaText(item) : `${item.lua}()`));
  const lines = ["function()", `  return { ${items.join(", ")} }`, "end"];
  return lines.join("\n    ");
}

const head = [
  "-- igor for nvim-dap, as `igor config dap` prints it. It names no host, container or port: igor finds",
  "-- the project of the file. Run it behind the configurations of your own, which it leaves alone.",
  'local dap = require("dap")',
  "",
  "local function root()",
  "  local buffer = vim.api.nvim_buf_get_name(0)",
  '  local found = vim.fs.find(".igor/config.json", { upward = true, path = vim.fs.dirname(buffer) })[1]',
  "  return found and vim.fs.dirname(vim.fs.dirname(found))",
  "end",
  "",
  "local function relative_file()",
  "  local buffer, from = vim.api.nvim_buf_get_name(0), root()",
  "  return from and buffer:sub(#from + 2) or buffer",
  "end",
  "",
  "dap.adapters.igor = {",
  '  type = "executable",',
  '  command = "igor",',
  '  args = { "dap" },',
  "  -- An image may have to be built before the first answer.",
  `  options = { initialize_timeout_sec = ${String(mostWaitSeconds)} },`,
  "}",
  "",
  "local configurations = vim.tbl_filter(function(entry)",
  `  return not vim.startswith(entry.name, "${ownPrefix}")`,
  "end, dap.configurations.python or {})",
  "dap.configurations.python = vim.list_extend(configurations, {",
];

const tail = ["})"];
