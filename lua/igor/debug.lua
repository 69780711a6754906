-- The debugger that the user has, with `igor dap` as its adapter.
local M = {}

local notify = require("igor.notify")

-- vimspector gives up a request after 15 seconds, nvim-dap warns after 4: an image may be built meanwhile.
local patience_s = 300
local name_in_vimspector = "igor (from the editor)"

---@return string[] argv
local function adapter()
  return require("igor.program").cli({ "dap" })
end

local function has_vimspector()
  return vim.g.loaded_vimpector ~= nil or #vim.api.nvim_get_runtime_file("autoload/vimspector.vim", false) > 0
end

local function has_dap()
  return package.loaded["dap"] ~= nil or #vim.api.nvim_get_runtime_file("lua/dap.lua", false) > 0
end

--- The debugger that is meant: what the option says, else the only one there is; of both, vimspector.
---@return "vimspector"|"dap"|nil
---@return string? why_not
local function choose()
  local wanted = require("igor.options").get().debugger
  local found = { vimspector = has_vimspector(), dap = has_dap() or pcall(require, "dap") }
  if wanted == "auto" then
    local one = found.vimspector and "vimspector" or found.dap and "dap" or nil
    return one, "igor: neither vimspector nor nvim-dap is here. See :help igor-debug for what else there is"
  end
  return found[wanted] and wanted or nil,
    ("igor: the option `debugger` asks for %s, which is not here"):format(wanted == "dap" and "nvim-dap" or wanted)
end

--- vimspector expands variables in every text.
---@param value any
---@return any
local function without_variables(value)
  if type(value) == "string" then
    return (value:gsub("%$", "$$"))
  end
  return type(value) == "table" and vim.tbl_map(without_variables, value) or value
end

--- An empty table of Lua is a list to some and none to others.
---@param configuration table
---@return table
local function in_vimspector(configuration)
  local given = without_variables(configuration)
  if given.args and #given.args == 0 then
    given.args = nil
  end
  return {
    adapter = { command = without_variables(adapter()), async_timeout = patience_s * 1000 },
    -- Without them it asks, each time.
    breakpoints = { exception = { raised = "N", uncaught = "Y", userUnhandled = "" } },
    configuration = given,
  }
end

---@type table<string, fun(configuration: table)>
local starts = {}

function starts.vimspector(configuration)
  local own = vim.g.vimspector_configurations
  vim.g.vimspector_configurations =
    vim.tbl_extend("force", own or {}, { [name_in_vimspector] = in_vimspector(configuration) })
  -- It is read at once; one that stayed would be one more to choose from, in every project.
  local ok, why = pcall(vim.fn["vimspector#LaunchWithSettings"], { configuration = name_in_vimspector })
  vim.g.vimspector_configurations = own
  if not ok then
    error(why, 0)
  end
end

function starts.dap(configuration)
  local dap = require("dap")
  local argv = adapter()
  dap.adapters.igor = {
    type = "executable",
    command = table.remove(argv, 1),
    args = argv,
    options = { initialize_timeout_sec = patience_s },
  }
  dap.run(configuration)
end

--- `:IgorDebug`: what is to be debugged is made ready, and the debugger opened.
---@param given vim.api.keyset.create_user_command.command_args
function M.run(given)
  local root = require("igor.project").root()
  if not root then
    return notify.error("igor: no .igor/config.json here or above; :IgorInit makes one.")
  end
  local debugger, why_not = choose()
  if not debugger then
    return notify.error(assert(why_not))
  end
  notify.be_read()
  local is_file = vim.bo.buftype == ""
  require("igor.actions").begin(given.args, {
    root = root,
    directory = root,
    debug = { file = is_file and vim.api.nvim_buf_get_name(0) or "", line = vim.fn.line(".") },
  })
end

--- Opens the debugger at what is ready now.
---@param configuration table
function M.start(configuration)
  require("igor.idle").wait(function()
    local debugger, why_not = choose()
    if not debugger then
      return notify.error(assert(why_not))
    end
    starts[debugger](configuration)
  end)
end

return M
