-- igor for Neovim: `:help igor`.
local M = {}

--- Sets options, and maps the suggested keys where the option `mappings` names a prefix.
---@param given? table
function M.setup(given)
  require("igor.options").set(given or {})
  local prefix = require("igor.options").get().mappings
  if type(prefix) ~= "string" then
    return
  end
  for _, map in ipairs(require("igor.maps")) do
    if map.lhs then
      vim.keymap.set(map.modes, prefix .. map.lhs, ("<Plug>(igor-%s)"):format(map.name), {
        desc = "igor: " .. map.summary,
        remap = true,
      })
    end
  end
end

--- What goes on, for a statusline, e.g. `igor: docker setup dino: apollo building 3/7, 12 s`; empty when nothing does.
---@return string
function M.statusline()
  M.has_statusline = true
  -- Asked at each redraw, also before igor was ever used.
  local actions = package.loaded["igor.actions"]
  local list = actions and actions.list() or {}
  if #list == 0 then
    return ""
  end
  local more = #list > 1 and (" (+%d)"):format(#list - 1) or ""
  return ("igor: %s%s"):format(list[#list].brief, more):gsub("%%", "%%%%")
end

return M
