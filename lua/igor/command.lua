-- What the commands do: igor is told, and what comes of it is shown when it comes.
local M = {}

local actions = require("igor.actions")
local project = require("igor.project")

--- Where a command is typed: the working directory if it is in the project, as for `igor` there; else the project's.
---@param root string
---@return string
local function place_in(root)
  local cwd = vim.fs.normalize(vim.fn.getcwd())
  return project.above(cwd) == root and cwd or root
end

--- The way from a directory to a file of the same project.
---@param name string absolute
---@param directory string absolute
---@param root string above both
---@return string
local function relative(name, directory, root)
  local up = ""
  while not vim.startswith(name, directory .. "/") and #directory > #root do
    directory, up = vim.fs.dirname(directory), up .. "../"
  end
  return up .. name:sub(#directory + 2)
end

--- `%` with its modifiers, e.g. `%` or `%:r`, is the file of the buffer, relative to where the command runs; other
--- percent signs, e.g. `'%s'` or `100%`, are none, and neither is `\%`.
---@param line string
---@param directory string
---@param root string?
---@return string
local function expanded(line, directory, root)
  local name = vim.api.nvim_buf_get_name(0)
  if root and vim.startswith(name, root .. "/") then
    name = relative(name, directory, root)
  end
  line = line:gsub("%f[%%%w\\]%%([:%w]*)", function(rest)
    local modifiers = rest:match("^[:ptreh]*$") and rest
    if name == "" or not modifiers or modifiers:match("^[^:]") then
      return nil
    end
    local file = modifiers == "" and name or vim.fn.fnamemodify(name, modifiers)
    return file:match("^[%w_./-]+$") and file or vim.fn.shellescape(file)
  end)
  return (line:gsub("\\%%", "%%"))
end

--- Does what `igor LINE` does.
---@param line string
function M.run(line)
  require("igor.notify").be_read()
  local root = project.root()
  local directory = root and place_in(root) or vim.fn.getcwd()
  actions.begin(expanded(line, directory, root), { root = root or directory, directory = directory })
end

--- A command that stands for a verb.
---@param command { name: string, verb: string, bang?: string }
---@param given vim.api.keyset.create_user_command.command_args
function M.verb(command, given)
  local words = { command.verb }
  if given.bang and command.bang then
    words[#words + 1] = command.bang
  end
  if given.args ~= "" then
    words[#words + 1] = given.args
  end
  M.run(table.concat(words, " "))
end

--- `:Igor`: all verbs.
---@param given vim.api.keyset.create_user_command.command_args
function M.igor(given)
  if given.args == "" or vim.startswith(given.args, "help") then
    return M.help(given.args:match("^help%s+(.*)$") or "")
  end
  M.run(given.args)
end

--- The page of a verb.
---@param topic string
function M.help(topic)
  local tag = topic == "" and "igor" or "igor-" .. topic:gsub("%s+", "-")
  if not pcall(vim.cmd.help, tag) then
    vim.cmd.help("igor")
    require("igor.notify").warn(("igor: there is no page `%s`; this is the first one"):format(topic))
  end
end

--- `:IgorStop`: without words it cancels what runs here; where nothing does, igor lists what runs on the hosts.
---@param given vim.api.keyset.create_user_command.command_args
function M.stop(given)
  if given.args == "" and actions.cancel_all() > 0 then
    return
  end
  M.run(vim.trim("stop " .. given.args))
end

--- `:IgorLog`: the float of the last action again; with words, or where there was none, what igor has noted.
---@param given vim.api.keyset.create_user_command.command_args
function M.log(given)
  if given.args == "" and not given.bang and require("igor.float").enter_last() then
    return
  end
  M.run(vim.trim("log " .. given.args))
end

return M
