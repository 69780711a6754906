-- Messages that never wait for a key.
local M = {}

--- As much of a text as fits in one line of the screen, behind something that takes so many columns.
---@param text string
---@param taken? integer
---@return string
local function one_line(text, taken)
  local line = text:gsub("%s*\n.*", "")
  local room = math.max(1, vim.v.echospace - (taken or 0))
  if vim.fn.strdisplaywidth(line) <= room then
    return line
  end
  return vim.fn.strcharpart(line, 0, math.max(1, room - 1)) .. "…"
end

--- What is told as one message, because two would wait for a key, or the later one would cover the earlier.
---@param texts string[]
---@return string[] parts
local function parts_of(texts)
  local parts = {}
  for i, text in ipairs(texts) do
    text = text:gsub("%s*\n.*", "")
    parts[i] = i > 1 and text:gsub("^igor: ", "") or text
  end
  return parts
end

local between = "; "

---@param texts string[]
---@return string
local function joined(texts)
  return table.concat(parts_of(texts), between)
end

--- With less room for each, what is told is cut at its end.
local least_share = 8

--- These parts as they have room in one line of the screen, behind something that takes so many columns: what is
--- short stays whole, and the rest is shared.
---@param texts string[]
---@param taken integer
---@param kept integer so many of the first stay whole, whatever that leaves to the others
---@return string[] parts
local function fitted(texts, taken, kept)
  local parts = parts_of(texts)
  local room = vim.v.echospace - taken - #between * (#parts - 1)
  if room < least_share * #parts then
    return { one_line(joined(texts), taken) }
  end
  local widths = vim.tbl_map(vim.fn.strdisplaywidth, parts)
  local rest = {}
  for i, width in ipairs(widths) do
    if i <= kept and room >= width then
      room = room - width
    else
      rest[#rest + 1] = i
    end
  end
  table.sort(rest, function(one, other)
    return widths[one] < widths[other]
  end)
  for count, i in ipairs(rest) do
    local share = math.min(widths[i], math.floor(room / (#rest - count + 1)))
    parts[i] = one_line(parts[i], vim.v.echospace - share)
    room = room - share
  end
  -- One letter says nothing, and would be one too many.
  return vim.tbl_filter(function(part)
    return vim.fn.strdisplaywidth(part) > 2
  end, parts)
end

--- An error or a warning stands for so many milliseconds: what is told meanwhile would cover it, and comes behind it.
local stands = 4000

---@type { text: string, at: integer }?
local warning
---@type { texts: string[], level: integer, at: integer }? the last of both
local told

---@generic T: { at: integer }
---@param one? T
---@return T?
local function standing(one)
  return one and vim.uv.now() - one.at < stands and one or nil
end

--- What stands, and a text behind it. A warning stands nowhere else, while a float has all of an error.
---@param text string
---@return string[] texts
---@return integer kept how many of them stay whole
local function behind(text)
  local before = standing(told)
  local texts = before and vim.list_slice(before.texts) or {}
  local kept = before and before.level == vim.log.levels.WARN and #texts or 0
  return vim.list_extend(texts, { text }), kept
end

--- As much of what stands, and of a text behind it, as fits in one line behind so many columns.
---@param text string
---@param taken integer
---@return string
function M.behind(text, taken)
  local texts, kept = behind(text)
  return table.concat(fitted(texts, taken, kept), between)
end

--- Whoever types a command has read what stands there.
function M.be_read()
  warning, told = nil, nil
end

--- Neovim's own vim.notify waits for a key behind an error where 'cmdheight' is 0; one that the user has set does not.
---@param text string
---@param level integer
local function say(text, level)
  local source = debug.getinfo(vim.notify, "S").source
  local is_own = source == "?" or vim.startswith(source, "@vim/")
  if vim.o.cmdheight > 0 or not is_own then
    return vim.notify(text, level)
  end
  vim.api.nvim_echo({ { text, level == vim.log.levels.ERROR and "ErrorMsg" or "WarningMsg" } }, true, {})
end

---@type { text: string, level: integer }[] what is to be told when nothing else runs
local waiting = {}

local function tell_waiting()
  local levels = vim.log.levels
  local texts = { [levels.ERROR] = {}, [levels.WARN] = {}, [levels.INFO] = {} }
  for _, one in ipairs(waiting) do
    table.insert(texts[one.level], one.text)
  end
  waiting = {}
  local before = standing(warning)
  if before and not vim.tbl_contains(texts[levels.WARN], before.text) then
    table.insert(texts[levels.WARN], 1, before.text)
  end
  local now = vim.uv.now()
  if #texts[levels.WARN] > 0 then
    warning = { text = joined(texts[levels.WARN]), at = now }
  end
  local most = #texts[levels.ERROR] > 0 and levels.ERROR or levels.WARN
  local all = vim.list_extend(texts[levels.ERROR], texts[levels.WARN])
  told = { texts = vim.list_slice(all), level = most, at = now }
  vim.cmd.redraw()
  local kept = most == levels.WARN and #all or 0
  say(table.concat(fitted(vim.list_extend(all, texts[levels.INFO]), 0, kept), between), most)
end

--- Later, because an error that is told while a command runs ends the command of whoever called it.
---@param text string
---@param level integer
local function later(text, level)
  for _, one in ipairs(waiting) do
    if one.text == text and one.level == level then
      return
    end
  end
  waiting[#waiting + 1] = { text = text, level = level }
  if #waiting == 1 then
    vim.schedule(tell_waiting)
  end
end

---@param text string
---@param more? string what goes on with it where there is room
function M.info(text, more)
  if #waiting > 0 then
    return later(text, vim.log.levels.INFO)
  end
  local whole, kept = behind(text .. (more or ""))
  local has_room = vim.fn.strdisplaywidth(joined(whole)) <= vim.v.echospace
  local parts = fitted(has_room and whole or (behind(text)), 0, kept)
  local own = table.remove(parts)
  local stood = #parts > 0 and table.concat(parts, between) .. between or ""
  local group = told and told.level == vim.log.levels.ERROR and "ErrorMsg" or "WarningMsg"
  -- What was told before the screen was drawn again would be a line above it, and both would wait for a key.
  vim.cmd.redraw()
  vim.api.nvim_echo({ { stood, group }, { own } }, true, {})
end

---@param text string
function M.warn(text)
  later(text, vim.log.levels.WARN)
end

---@param text string
function M.error(text)
  later(text, vim.log.levels.ERROR)
end

--- What stands before the words of an error that came through Lua, Vim script and autocommands.
local ways = {
  '^.*User Autocommands for "[^"]*"[^:]*: ',
  "^.*nvim_exec2%(%)[^:]*: ",
  "^Vim%(%w+%):",
  "^Vim:",
  "^Error executing lua callback: ",
  "^Lua callback: ",
}

--- What an error says, e.g. `E36: Not enough room` of `/igor/repl.lua:156: Vim(split):E36: Not enough room` and the
--- lines of its stack; where Neovim has no number for it, with the file and its line.
---@param why any what was thrown
---@return string
function M.words_of(why)
  local line = tostring(why):match("[^\n]*")
  local numbered = line:match("^.*%f[%w](E%d+: .*)$")
  if numbered then
    return numbered
  end
  for _, way in ipairs(ways) do
    line = line:gsub(way, "")
  end
  return (line:gsub("^[^%s:]*/([^%s:/]+:%d+: )", "%1"))
end

--- Calls a function; its error is one message, where Neovim would show where it came from, and wait for a key.
---@param callback fun(...)
function M.protect(callback, ...)
  local ok, why = pcall(callback, ...)
  if not ok then
    M.error("igor: " .. M.words_of(why))
  end
end

return M
