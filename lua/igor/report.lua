-- Text that is to be read.
local M = {}

--- Opens a window with these lines; `q` closes it.
---@param title string
---@param lines string[]
function M.open(title, lines)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].filetype = "igor"
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, nowait = true, desc = "igor: close" })
  vim.cmd(("botright %dsplit"):format(math.max(1, math.min(#lines, math.floor(vim.o.lines / 2)))))
  vim.api.nvim_win_set_buf(0, buffer)
  vim.wo[0][0].winfixheight = true
  pcall(vim.api.nvim_buf_set_name, buffer, "igor://" .. title)
end

return M
