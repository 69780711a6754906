-- How iron.nvim opens a REPL, and sends to it.
local lowlevel = require("iron.lowlevel")
local state = require("iron.state")
local M = {}

function M.repl_for(ft)
  local meta = state.get_repl(ft)
  if meta and vim.api.nvim_buf_is_loaded(meta.bufnr) then
    return meta
  end
  local code, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  local buffer = vim.api.nvim_create_buf(false, false)
  vim.cmd("botright 12 split")
  -- As iron does, first the window gets its buffer: whose REPL it is can be told by the code's buffer alone.
  vim.api.nvim_win_set_buf(0, buffer)
  meta = lowlevel.create_repl_on_current_window(ft, lowlevel.get_repl_def(ft), buffer, code)
  state.set_repl(ft, meta)
  vim.api.nvim_set_current_win(window)
  return meta
end

function M.send(ft, lines)
  lowlevel.send_to_repl(M.repl_for(ft), lines)
end

function M.restart(ft)
  local old, code = state.get_repl(ft), vim.api.nvim_get_current_buf()
  local window = vim.api.nvim_get_current_win()
  vim.api.nvim_set_current_win(vim.fn.bufwinid(old.bufnr))
  local buffer = vim.api.nvim_create_buf(false, false)
  vim.api.nvim_win_set_buf(0, buffer)
  local meta = lowlevel.create_repl_on_current_window(ft, lowlevel.get_repl_def(ft), buffer, code)
  state.set_repl(ft, meta)
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_buf_delete(old.bufnr, { force = true })
  return meta
end

return M
