-- What igor relies on of iron.nvim (c7f8047), written for igor's tests: the functions that it puts its own in front of,
-- in the way that iron itself calls them. The tests were tried with the real one, too.
local M = {}

function M.get_repl_def(ft)
  return require("iron.config").repl_definition[ft] or error("No repl definition configured for " .. ft)
end

function M.create_repl_on_current_window(ft, definition, buffer, code_buffer, options)
  vim.api.nvim_win_set_buf(0, buffer)
  options = options or {}
  options.on_exit = function()
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_delete(buffer, { force = true })
    end
  end
  local command = definition.command
  if type(command) == "function" then
    command = command({ current_bufnr = code_buffer })
  end
  return { ft = ft, bufnr = buffer, job = vim.fn.termopen(command, options), repldef = definition }
end

function M.send_to_repl(meta, lines)
  vim.fn.chansend(meta.job, meta.repldef.format(lines, { command = meta.repldef.command }))
end

return M
