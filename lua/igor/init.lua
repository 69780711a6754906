-- igor for Neovim: `:help igor`.
local M = {}

--- Sets options; the option `mappings` maps the suggested keys.
---@param given? table
function M.setup(given)
  require("igor.options").set(given or {})
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
