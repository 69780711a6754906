-- What stands in the buffer of a float: the output, and below it how things stand.
local M = {}

local namespace = vim.api.nvim_create_namespace("igor.float")

--- More lines of output than this are not kept.
local most_log = 10000

--- So begins a line of what a tool said last.
local quote = "  | "
--- So many of the last of them always stay.
local kept_quoted = 2

--- How things stand, in so many lines: of what tools said last, the oldest gives way to the headline and the advice.
---@param frame { status: string[], marks: table[] }
---@param rows integer
---@return string[] status, table[] marks
local function shortened(frame, rows)
  local excess = #frame.status - rows
  local status, marks, moved = {}, {}, {}
  local first = 1
  while first <= #frame.status do
    local quoted = first
    while vim.startswith(frame.status[quoted] or "", quote) do
      quoted = quoted + 1
    end
    -- A mark stands for those that go.
    local gone = math.min(excess + 1, quoted - first - kept_quoted)
    if gone > 1 then
      status[#status + 1] = quote .. "…"
      marks[#marks + 1] = { #status - 1, 0, #status[#status], "IgorDim" }
      first = first + gone
      excess = excess - gone + 1
    end
    for index = first, math.max(first, quoted - 1) do
      status[#status + 1] = frame.status[index]
      moved[index - 1] = #status - 1
    end
    first = math.max(first + 1, quoted)
  end
  for _, mark in ipairs(frame.marks) do
    if moved[mark[1]] then
      marks[#marks + 1] = { moved[mark[1]], mark[2], mark[3], mark[4] }
    end
  end
  return status, marks
end

--- Writes lines of output that are new, and below them how things stand: all of that, or in so many lines.
---@param float igor.Float
---@param log string[]
---@param rows? integer
function M.write(float, log, rows)
  local status, marks = float.frame.status, float.frame.marks
  if rows then
    status, marks = shortened(float.frame, rows)
  end
  local buffer = float.buffer
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, float.log, -1, false, vim.list_extend(vim.list_slice(log), status))
  float.log = float.log + #log
  if float.log > most_log then
    vim.api.nvim_buf_set_lines(buffer, 0, float.log - most_log, false, {})
    float.log = most_log
  end
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  for _, mark in ipairs(marks) do
    vim.api.nvim_buf_set_extmark(buffer, namespace, float.log + mark[1], mark[2], {
      end_col = mark[3],
      hl_group = mark[4],
    })
  end
  float.status = #status
  float.rows = rows
end

--- The last line that says what failed.
---@param float igor.Float
---@return integer?
function M.headline(float)
  local lines = vim.api.nvim_buf_get_lines(float.buffer, float.log, -1, false)
  for index = #lines, 1, -1 do
    if vim.startswith(lines[index], "✗ ") then
      return float.log + index
    end
  end
end

--- A text as lines that have room in a float.
---@param text string
---@return string[]
function M.wrapped(text)
  local width = math.max(20, require("igor.actions").room().width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    local longer = line == "" and word or line .. " " .. word
    if vim.fn.strdisplaywidth(longer) > width and line ~= "" then
      lines[#lines + 1] = line
      line = word
    else
      line = longer
    end
  end
  lines[#lines + 1] = line
  return lines
end

return M
