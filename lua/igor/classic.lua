-- The way from the classic node host (rplugin/node/igor) to the commands of plugin/igor.lua.
local M = {}

--- Whether a command is one that the manifest of `:UpdateRemotePlugins` has defined.
---@param name string
---@return boolean
function M.has_taken(name)
  local command = vim.api.nvim_get_commands({})[name]
  return command ~= nil and command.definition:find("rplugin/node/igor:", 1, true) ~= nil
end

--- Defines the commands of plugin/igor.lua in the place of those of the manifest.
---@param name string one of them
---@param root string where igor is
---@return boolean done
function M.take_back(name, root)
  if M.has_taken(name) then
    vim.opt.runtimepath:prepend(root)
    vim.g.loaded_igor = nil
    dofile(root .. "/plugin/igor.lua")
  end
  return not M.has_taken(name)
end

--- Runs a command that came by the host; from then on all commands are those of plugin/igor.lua.
---@param root string where igor is
---@param line string e.g. `IgorPush! -g cluster`
function M.run(root, line)
  -- One that is still the host's would come here again.
  vim.cmd(M.take_back(line:match("^%w+"), root) and line or "Igor")
end

return M
