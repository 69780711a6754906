-- What is sent to the REPL: a line, what is selected, what a motion covers, a cell, the file.
local M = {}

---@param first integer
---@param lines string[]
local function send(first, lines)
  local buffer = vim.api.nvim_get_current_buf()
  local root = require("igor.project").root(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  local is_below = root and vim.startswith(name, root .. "/")
  require("igor.repl").send(buffer, lines, { name = is_below and name:sub(#root + 2) or nil, line = first })
end

---@param first integer counted from 1
---@param last integer
function M.lines(first, last)
  send(first, vim.api.nvim_buf_get_lines(0, first - 1, last, false))
end

--- The line under the cursor, and as many more as the count says.
function M.line()
  local first = vim.api.nvim_win_get_cursor(0)[1]
  M.lines(first, first + vim.v.count1 - 1)
end

function M.file()
  M.lines(1, vim.api.nvim_buf_line_count(0))
end

--- Text from one place to another. What begins in the middle of a line is indented as the line is where only blanks
--- stand before it.
---@param from integer[] as `getpos()` gives it
---@param to integer[]
---@param kind string "v", "V" or CTRL-V
local function send_region(from, to, kind)
  if from[2] > to[2] or (from[2] == to[2] and from[3] > to[3]) then
    from, to = to, from
  end
  local lines = vim.fn.getregion(from, to, { type = kind })
  local before = vim.fn.getline(from[2]):sub(1, from[3] - 1)
  if kind == "v" and not before:find("%S") then
    lines[1] = before .. lines[1]
  end
  send(from[2], lines)
end

--- What is selected.
function M.selection()
  local kind = vim.fn.mode()
  local from, to = vim.fn.getpos("v"), vim.fn.getpos(".")
  vim.cmd.normal({ "\27", bang = true })
  send_region(from, to, kind)
end

--- For 'operatorfunc'.
---@param kind "line"|"char"|"block"
function M.operator(kind)
  local kinds = { line = "V", char = "v", block = "\22" }
  send_region(vim.fn.getpos("'["), vim.fn.getpos("']"), kinds[kind])
end

--- Waits for a motion.
function M.motion()
  vim.o.operatorfunc = "v:lua.require'igor.send'.operator"
  vim.api.nvim_feedkeys("g@", "ni", false)
end

--- Whether a line begins a cell: `# %%`, in the comment of any language.
---@param line string
---@return boolean
local function begins_cell(line)
  return line:find('^%s*[#/%-;%%"]+%s?%%%%') ~= nil
end

--- The lines of the cell under the cursor, without the one that begins it; no last line when it is empty.
---@return integer first
---@return integer last
---@return integer next where the next cell begins
local function cell()
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  local here = vim.api.nvim_win_get_cursor(0)[1]
  local first = here
  while first > 0 and not begins_cell(lines[first]) do
    first = first - 1
  end
  local next = here + 1
  while next <= #lines and not begins_cell(lines[next]) do
    next = next + 1
  end
  return first + 1, next - 1, math.min(next, #lines)
end

--- The cell under the cursor.
function M.cell()
  local first, last = cell()
  M.lines(first, last)
end

--- The cell under the cursor; then the cursor goes to the next one.
function M.cell_next()
  local first, last, next = cell()
  M.lines(first, last)
  vim.api.nvim_win_set_cursor(0, { next, 0 })
end

return M
