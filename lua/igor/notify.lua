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

--- A warning stands for so many milliseconds: what is told meanwhile would cover it, and comes behind it.
local stands = 4000

---@type { text: string, at: integer }?
local warning

---@return string?
local function standing()
  return warning and vim.uv.now() - warning.at < stands and warning.text or nil
end

--- What is told as one message of one line, because two would wait for a key, or the later one would cover the earlier.
---@param texts string[]
---@return string
local function joined(texts)
  for i, text in ipairs(texts) do
    text = text:gsub("%s*\n.*", "")
    texts[i] = i > 1 and text:gsub("^igor: ", "") or text
  end
  return table.concat(texts, "; ")
end

--- A text behind the warning that it would cover.
---@param text string
---@return string
function M.behind_warning(text)
  return joined({ standing() or text, standing() and text or nil })
end

--- Whoever types a command has read what stands there.
function M.be_read()
  warning = nil
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
  local before = standing()
  if before and not vim.tbl_contains(texts[levels.WARN], before) then
    table.insert(texts[levels.WARN], 1, before)
  end
  local most = #texts[levels.ERROR] > 0 and levels.ERROR or levels.WARN
  if #texts[levels.WARN] > 0 then
    warning = { text = joined(vim.list_slice(texts[levels.WARN])), at = vim.uv.now() }
  end
  vim.cmd.redraw()
  local all = vim.list_extend(vim.list_extend(texts[levels.ERROR], texts[levels.WARN]), texts[levels.INFO])
  say(one_line(joined(all)), most)
end

--- Later, because an error that is told while a command runs ends the command of whoever called it.
---@param text string
---@param level integer
local function later(text, level)
  waiting[#waiting + 1] = { text = text, level = level }
  if #waiting == 1 then
    vim.schedule(tell_waiting)
  end
end

---@param text string
function M.info(text)
  if #waiting > 0 then
    return later(text, vim.log.levels.INFO)
  end
  local before = standing()
  local line = one_line(M.behind_warning(text))
  local marked = before and math.min(#before, #line) or 0
  -- What was told before the screen was drawn again would be a line above it, and both would wait for a key.
  vim.cmd.redraw()
  vim.api.nvim_echo({ { line:sub(1, marked), "WarningMsg" }, { line:sub(marked + 1) } }, true, {})
end

---@param text string
function M.warn(text)
  later(text, vim.log.levels.WARN)
end

---@param text string
function M.error(text)
  later(text, vim.log.levels.ERROR)
end

M.one_line = one_line

return M
