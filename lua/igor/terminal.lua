-- Verbs that need a terminal of their own, because something is typed there.
local M = {}

--- Starts a program in the terminal of the current buffer.
---@param argv string[]
---@param options table as for `jobstart()`
---@return integer channel
function M.start(argv, options)
  if vim.fn.has("nvim-0.11") == 1 then
    options.term = true
    return vim.fn.jobstart(argv, options)
  end
  return vim.fn.termopen(argv, options)
end

--- Runs `igor WORDS` in a terminal in a split, and goes there.
---@param words string[]
---@param directory string
function M.open(words, directory)
  vim.cmd("botright 15new")
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].bufhidden = "wipe"
  M.start(require("igor.program").cli(words), { cwd = directory })
  vim.cmd.startinsert()
end

return M
