-- What the user wants otherwise: `vim.g.igor = {...}`, or `require("igor").setup {...}`.
local M = {}

---@class igor.Options
---@field mappings string|false the prefix of the suggested mappings, e.g. "<leader>i"; none without it
---@field node string the program that runs igor: node 20.19 or newer
---@field float boolean whether progress is shown in a float
---@field linger number milliseconds for which a float stays after all went well
---@field push_on_save boolean whether a save in a trusted project is pushed
---@field connect_on_open boolean whether opening a file of a trusted project opens the connections to its hosts
---@field quickfix "fill"|"open"|false what becomes of places that output names
---@field iron boolean whether iron.nvim opens the project's REPL on its host
---@field debugger "auto"|"vimspector"|"dap" what `:IgorDebug` opens; "auto": what is there, of both vimspector
local defaults = {
  mappings = false,
  node = "node",
  float = true,
  linger = 2000,
  push_on_save = false,
  connect_on_open = false,
  quickfix = "fill",
  iron = true,
  debugger = "auto",
}

---@type table<string, string[]> what each option may be
local kinds = {
  mappings = { "string", "boolean" },
  quickfix = { "string", "boolean" },
}

--- What was wrong with the options that were given, for `:checkhealth igor`.
---@type string[]
M.mistakes = {}

---@type igor.Options?
local current

---@param given table
---@return string[] problems
local function problems(given)
  local found = {}
  for name, value in pairs(given) do
    local default = defaults[name]
    if default == nil then
      found[#found + 1] = ("there is no option `%s`"):format(name)
    else
      local allowed = kinds[name] or { type(default) }
      if not vim.tbl_contains(allowed, type(value)) then
        found[#found + 1] = ("the option `%s` is to be a %s, and is a %s"):format(
          name,
          table.concat(allowed, " or a "),
          type(value)
        )
      end
    end
  end
  table.sort(found)
  return found
end

--- Maps the suggested keys behind a prefix.
---@param prefix string
local function map_keys(prefix)
  for _, map in ipairs(require("igor.maps")) do
    if map.lhs then
      vim.keymap.set(map.modes, prefix .. map.lhs, ("<Plug>(igor-%s)"):format(map.name), {
        desc = "igor: " .. map.summary,
        remap = true,
      })
    end
  end
end

--- Sets options; those that are not named keep their values.
---@param given table
function M.set(given)
  for _, problem in ipairs(problems(given)) do
    M.mistakes[#M.mistakes + 1] = problem
    require("igor.notify").warn("igor: " .. problem .. ". See :help igor-options")
  end
  local known = {}
  for name, value in pairs(given) do
    if #problems({ [name] = value }) == 0 then
      known[name] = value
    end
  end
  current = vim.tbl_extend("force", M.get(), known)
  if type(known.mappings) == "string" then
    map_keys(known.mappings)
  end
  if known.push_on_save ~= nil or known.connect_on_open ~= nil then
    require("igor.saved").listen()
  end
end

--- The options as they are now.
---@return igor.Options
function M.get()
  if current == nil then
    current = vim.deepcopy(defaults)
    if type(vim.g.igor) == "table" then
      M.set(vim.g.igor)
    end
  end
  return current
end

return M
