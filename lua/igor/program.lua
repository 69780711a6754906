-- igor's own programs.
local M = {}

M.root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))))

--- The command line of igor, with these words.
---@param words string[]
---@return string[] argv
function M.cli(words)
  return vim.list_extend({ require("igor.options").get().node, M.root .. "/dist/cli.cjs" }, words)
end

--- igor as the peer of this editor.
---@return string[] argv
function M.peer()
  return { require("igor.options").get().node, M.root .. "/dist/nvim.cjs" }
end

--- When the bundle was built, as a number that tells builds apart; 0 without one.
---@return number
function M.built_at()
  local found = vim.uv.fs_stat(M.root .. "/dist/nvim.cjs")
  return found and found.mtime.sec + found.mtime.nsec / 1e9 or 0
end

--- What to do when igor was updated, and not built again.
---@return string
function M.stale()
  return "igor was updated, and is not built: `npm ci --omit=dev` in " .. vim.fn.fnamemodify(M.root, ":~")
end

--- Why igor cannot be started, with what to do about it.
---@return string?
function M.missing()
  local node = require("igor.options").get().node
  if vim.fn.executable(node) == 0 then
    return ("igor needs Node 20.19 or newer, and `%s` is none here. Install it, or set the option `node`."):format(node)
  end
  if vim.fn.filereadable(M.root .. "/dist/nvim.cjs") == 0 then
    return ("igor is not built yet. Run: cd %s && npm ci --omit=dev"):format(vim.fn.shellescape(M.root))
  end
end

return M
