-- What takes the focus waits until nothing is being typed.
local M = {}

--- Calls back in normal mode, outside of the window for the command line.
---@param callback fun()
function M.wait(callback)
  if vim.api.nvim_get_mode().mode:sub(1, 1) == "n" and vim.fn.getcmdwintype() == "" then
    return callback()
  end
  local waiting
  waiting = vim.api.nvim_create_autocmd({ "ModeChanged", "CmdwinLeave" }, {
    callback = vim.schedule_wrap(function()
      if waiting and vim.api.nvim_get_mode().mode:sub(1, 1) == "n" and vim.fn.getcmdwintype() == "" then
        vim.api.nvim_del_autocmd(waiting)
        waiting = nil
        require("igor.notify").protect(callback)
      end
    end),
  })
end

return M
