-- Text as a REPL wants it. Nothing here knows of buffers or windows.
local M = {}

---@class igor.Code
---@field lines string[]
---@field name? string the file that they are of, relative to the project
---@field line? integer the line of that file that is the first

--- Without what indents the first of them, without blank lines around them, and without what a terminal would act on.
--- A line that is indented less loses what it has: the rest of a long string may begin at the margin.
---@param lines string[]
---@return string[] lines
---@return integer skipped blank lines before the first
function M.dedent(lines)
  local first, last = 1, #lines
  while first <= last and not lines[first]:find("%S") do
    first = first + 1
  end
  while last >= first and not lines[last]:find("%S") do
    last = last - 1
  end
  local indent = (lines[first] or ""):match("^[ \t]*")
  local out = {}
  for i = first, last do
    local own = lines[i]:match("^[ \t]*")
    local shared = 0
    while shared < #indent and own:byte(shared + 1) == indent:byte(shared + 1) do
      shared = shared + 1
    end
    local line = lines[i]:sub(shared + 1):gsub("[%z\1-\8\11-\31\127]", "")
    out[#out + 1] = line:find("%S") and line or ""
  end
  return out, first - 1
end

local blocks = { "async", "class", "def", "for", "if", "match", "try", "while", "with" }

--- Whether Python waits for an empty line behind this one, e.g. `for x in y: print(x)`.
---@param line string
---@return boolean
local function is_block(line)
  return vim.tbl_contains(blocks, line:match("^%l+")) and line:find(":", 1, true) ~= nil
end

--- For a Python that takes line by line: it would end a block at the first blank line of it. As a text it reads all of
--- it, does it, and shows the values as if it were typed; tracebacks name the file and its lines.
---@param code igor.Code
---@return string
local function as_text(code)
  local offset = (code.line or 1) - 1
  local before = offset > 0 and ('"\\n" * %d + '):format(offset) or ""
  local name = vim.json.encode(code.name or "<igor>"):gsub("\\/", "/")
  local lines = {
    (
      [[exec((lambda c, a, n, t: c(a.Interactive(a.parse(t, n).body), n, "single"))(compile, ]]
      .. [[__import__("ast"), %s, %s"""\]]
    ):format(name, before),
  }
  for _, line in ipairs(code.lines) do
    lines[#lines + 1] = line:gsub("\\", "\\\\"):gsub("\t", "\\t"):gsub('"""', '\\"\\"\\"')
  end
  lines[#lines + 1] = '"""))'
  return table.concat(lines, "\r") .. "\r"
end

--- What is typed into a REPL. `how`: "paste" where it knows a paste from what is typed (bracketed paste), "python"
--- for a Python that does not, "lines" for all others.
---@param code igor.Code its lines dedented
---@param how "paste"|"python"|"lines"
---@return string
function M.encode(code, how)
  local lines = code.lines
  if #lines == 0 then
    return "\r"
  end
  if #lines == 1 then
    -- At an empty prompt of its own the second one does nothing.
    return lines[1] .. (how ~= "lines" and is_block(lines[1]) and "\r\r" or "\r")
  end
  if how == "python" then
    return as_text(code)
  end
  if how == "lines" then
    return table.concat(lines, "\r") .. "\r"
  end
  -- Python 3.13 waits for an empty line behind whatever has several, a block or not.
  return "\27[200~" .. table.concat(lines, "\n") .. "\n\27[201~\r"
end

return M
