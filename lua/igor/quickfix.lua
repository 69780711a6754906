-- Places that output names, as the quickfix list.
local M = {}

--- So many entries are added at once: the editor answers keys in between.
local at_once = 50

--- Tells of a list that is whole.
---@param told { id: integer }
---@param places integer
local function tell(told, places)
  if require("igor.options").get().quickfix == "open" then
    local window = vim.api.nvim_get_current_win()
    vim.cmd("botright copen")
    vim.api.nvim_set_current_win(window)
    require("igor.float").shrink(told.id)
  elseif places > 0 then
    require("igor.notify").info(
      ("igor: %d %s in the quickfix list"):format(places, places == 1 and "place" or "places"),
      ", :cfirst goes there"
    )
  end
  vim.api.nvim_exec_autocmds("QuickFixCmdPost", { pattern = "igor", modeline = false })
end

--- Fills the list, with nothing where nothing was named by a command like the last one.
---@param told { id: integer, title: string, items: table[] }
function M.fill(told)
  if not require("igor.options").get().quickfix or #told.items == 0 then
    return
  end
  local places = 0
  for _, item in ipairs(told.items) do
    places = places + item.valid
  end
  vim.fn.setqflist({}, " ", { title = told.title, items = vim.list_slice(told.items, 1, at_once) })
  local list = vim.fn.getqflist({ id = 0 }).id
  local function go_on(first)
    -- Gone when the user has made ten others meanwhile.
    if first > #told.items or vim.fn.getqflist({ id = list }).id ~= list then
      return tell(told, places)
    end
    vim.fn.setqflist({}, "a", { id = list, items = vim.list_slice(told.items, first, first + at_once - 1) })
    vim.defer_fn(function()
      go_on(first + at_once)
    end, 1)
  end
  go_on(1 + at_once)
end

return M
