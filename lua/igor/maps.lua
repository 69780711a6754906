-- What keys can be mapped to. No key is mapped unless the option `mappings` says so.

---@class igor.Map
---@field name string the name in `<Plug>(igor-name)`
---@field modes string[]
---@field lhs? string what the option `mappings` puts behind its prefix
---@field rhs string|fun()
---@field summary string

---@param what string
local function send(what)
  return function()
    require("igor.notify").protect(require("igor.send")[what])
  end
end

---@param what string
local function repl(what)
  return function()
    require("igor.notify").protect(require("igor.repl")[what])
  end
end

---@type igor.Map[]
local maps = {
  { name = "push", modes = { "n" }, lhs = "p", rhs = "<Cmd>IgorPush<CR>", summary = "push" },
  { name = "setup", modes = { "n" }, lhs = "ds", rhs = "<Cmd>IgorSetup<CR>", summary = "make the container ready" },
  { name = "build", modes = { "n" }, lhs = "db", rhs = "<Cmd>IgorBuild<CR>", summary = "build the image" },
  { name = "clean", modes = { "n" }, lhs = "dc", rhs = "<Cmd>IgorClean<CR>", summary = "remove the container" },
  { name = "status", modes = { "n" }, rhs = "<Cmd>IgorStatus<CR>", summary = "tell how things stand" },
  { name = "stop", modes = { "n" }, rhs = "<Cmd>IgorStop<CR>", summary = "cancel what runs here" },
  { name = "log", modes = { "n" }, rhs = "<Cmd>IgorLog<CR>", summary = "show the last action again" },
  { name = "close", modes = { "n" }, lhs = "q", rhs = "<Cmd>IgorClose<CR>", summary = "put the floats away" },
  { name = "repl", modes = { "n" }, lhs = "dr", rhs = "<Cmd>IgorRepl<CR>", summary = "open the REPL" },
  { name = "debug", modes = { "n" }, lhs = "dd", rhs = "<Cmd>IgorDebug<CR>", summary = "debug this file" },
  { name = "debug-test", modes = { "n" }, rhs = "<Cmd>IgorDebug test<CR>", summary = "debug the test at the cursor" },
  {
    name = "debug-last",
    modes = { "n" },
    rhs = "<Cmd>IgorDebug last<CR>",
    summary = "debug again what was debugged last",
  },
  { name = "repl-interrupt", modes = { "n" }, rhs = repl("interrupt"), summary = "interrupt the REPL" },
  { name = "send-line", modes = { "n" }, lhs = "ss", rhs = send("line"), summary = "send the line to the REPL" },
  { name = "send-motion", modes = { "n" }, lhs = "s", rhs = send("motion"), summary = "send a motion to the REPL" },
  { name = "send-visual", modes = { "x" }, lhs = "s", rhs = send("selection"), summary = "send what is selected" },
  { name = "send-cell", modes = { "n" }, lhs = "c", rhs = send("cell"), summary = "send the cell to the REPL" },
  {
    name = "send-cell-next",
    modes = { "n" },
    lhs = "n",
    rhs = send("cell_next"),
    summary = "send the cell, go to the next",
  },
  { name = "send-file", modes = { "n" }, lhs = "f", rhs = send("file"), summary = "send the file to the REPL" },
}

-- Not by vim.keymap.set, which takes longer: this runs whenever Neovim starts.
for _, map in ipairs(maps) do
  local is_function = type(map.rhs) == "function"
  for _, mode in ipairs(map.modes) do
    vim.api.nvim_set_keymap(mode, "<Plug>(igor-" .. map.name .. ")", is_function and "" or map.rhs, {
      noremap = true,
      callback = is_function and map.rhs or nil,
      desc = "igor: " .. map.summary,
    })
  end
end

return maps
