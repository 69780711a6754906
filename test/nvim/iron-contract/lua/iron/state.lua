-- iron.nvim keeps a REPL for each filetype and working directory.
local M = { repls = {} }

function M.get_repl(ft)
  return (M.repls[ft] or {})["pwd_" .. vim.fn.getcwd()]
end

function M.set_repl(ft, meta)
  M.repls[ft] = M.repls[ft] or {}
  M.repls[ft]["pwd_" .. vim.fn.getcwd()] = meta
  return meta
end

return M
