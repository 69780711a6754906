-- Typing into a REPL: it is listened to, so that what is typed comes when it asks for something, and as it takes it.
local M = {}

local paste = require("igor.paste")

--- A program that asks for lines of code, and what its output tells of it.
---@class igor.Typing
---@field write fun(keys: string)
---@field queue igor.Code[] what is typed as soon as there is a prompt
---@field tail string the last of the output
---@field aside string the last of what igor says, while that is what is heard
---@field has_begun boolean what is heard is the program: before it may be a question of igor's
---@field is_ready boolean it asked for something
---@field pastes boolean it knows a paste from what is typed now: bracketed paste
---@field pasted boolean it did before
---@field edits boolean it has an editor of its own, as IPython and Python 3.13 have; others read lines
---@field is_late boolean the user was told that it asks for nothing
---@field buffer? integer its terminal
---@field typed_at? number when something was typed last, in milliseconds
---@field timer? uv.uv_timer_t until there was a prompt

--- What igor says in a terminal of the editor before the program's first word; see src/remote/begin-mark.ts.
local begin = "\27]7777;igor begins\7"
--- What it says when the program cannot be reached any more; it begins again when it can.
local lost = "\27]7777;igor waits\7"

--- What looks like a prompt is one when nothing comes behind it for so many milliseconds: a kept REPL first shows again
--- what it showed, also prompts that were answered.
local prompt_stands = 50
--- Any other text without an end of line is taken for one when nothing comes behind it for so long.
M.longest_wait = 15000

---@param typing igor.Typing
---@return string
local function last_shown(typing)
  return (typing.tail:gsub("\27%[[0-?]*[ -/]*[@-~]", ""))
end

---@param typing igor.Typing
---@return boolean
local function asks(typing)
  local shown = last_shown(typing)
  -- 45% is none.
  return typing.has_begun and (typing.pastes or (shown:find("[>$#] ?$") or shown:find("[^%d]%% ?$")) ~= nil)
end

--- Nothing was heard for a while.
---@param typing igor.Typing
local function lose_patience(typing)
  if typing.is_ready then
    return
  end
  local is_there = typing.buffer == vim.api.nvim_get_current_buf() and vim.fn.mode() == "t"
  if asks(typing) or typing.has_begun and (is_there or last_shown(typing):match("[^\r\n]*$"):find("%S")) then
    M.flush(typing)
  elseif #typing.queue > 0 then
    typing.is_late = true
    require("igor.notify").warn("igor: no prompt yet; what you sent is typed then, or when you go there")
  end
end

---@param typing igor.Typing
local function wait(typing)
  local after = asks(typing) and prompt_stands or M.longest_wait
  typing.timer:start(
    after,
    0,
    vim.schedule_wrap(function()
      lose_patience(typing)
    end)
  )
end

---@param write fun(keys: string)
---@return igor.Typing
function M.new(write)
  local typing = {
    write = write,
    queue = {},
    tail = "",
    aside = "",
    has_begun = false,
    is_ready = false,
    is_late = false,
    pastes = false,
    pasted = false,
    edits = false,
    timer = vim.uv.new_timer(),
  }
  wait(typing)
  return typing
end

--- What is typed for a piece of code.
---@param typing igor.Typing
---@param code igor.Code
---@return string
function M.keys(typing, code)
  local how = "lines"
  if last_shown(typing):find(">>> ?$") then
    -- The line editor of an older Python takes a paste, but no more than its first statement.
    how = typing.pastes and typing.edits and "paste" or "python"
  elseif typing.pastes or typing.pasted then
    how = "paste"
  end
  return paste.encode(code, how)
end

--- Types what waits.
---@param typing igor.Typing
function M.flush(typing)
  local queue = typing.queue
  M.stop(typing)
  typing.is_ready = true
  typing.queue = {}
  for _, code in ipairs(queue) do
    typing.typed_at = vim.uv.now()
    typing.write(M.keys(typing, code))
  end
end

--- Waits for nothing any more.
---@param typing igor.Typing
function M.stop(typing)
  if typing.timer then
    typing.timer:close()
    typing.timer = nil
  end
end

--- What igor says for itself, up to the first word of the program.
---@param typing igor.Typing
---@param text string
---@return string? text of the program
local function after_begin(typing, text)
  text = typing.aside .. text
  local _, stop = text:find(begin, 1, true)
  typing.has_begun = stop ~= nil
  typing.aside = stop and "" or text:sub(-#begin)
  return stop and text:sub(stop + 1) or nil
end

--- Reads on in the output.
---@param typing igor.Typing
---@param data string[] as Neovim gives it to `on_stdout`
function M.hear(typing, data)
  local said = table.concat(data, "\n")
  local own = typing.has_begun and said or after_begin(typing, said)
  if not own then
    return
  end
  -- A sequence may come in two parts.
  local text = typing.tail .. own
  local cut, stop = text:find(lost, 1, true)
  if cut then
    typing.tail = text:sub(1, cut - 1):sub(-200)
    typing.has_begun, typing.is_ready = false, false
    typing.timer = typing.timer or vim.uv.new_timer()
    if typing.typed_at and vim.uv.now() - typing.typed_at < M.longest_wait then
      require("igor.notify").warn("igor: the connection is lost: what you sent last may not have arrived")
    end
    return M.hear(typing, { text:sub(stop + 1) })
  end
  typing.tail = text:sub(-200)
  for switch in text:gmatch("\27%[%?2004([hl])") do
    typing.pastes = switch == "h"
  end
  typing.pasted = typing.pasted or typing.pastes
  typing.edits = typing.edits or text:find("\27[?25", 1, true) ~= nil
  if typing.timer then
    wait(typing)
  end
end

--- Types code, when the program asks for it.
---@param typing igor.Typing
---@param code igor.Code
function M.send(typing, code)
  typing.queue[#typing.queue + 1] = code
  if typing.is_ready then
    M.flush(typing)
  end
end

--- Goes with the terminal of the program: whoever goes there because there is no prompt, wants it typed without one.
---@param typing igor.Typing
---@param buffer integer
function M.go_with(typing, buffer)
  typing.buffer = buffer
  vim.api.nvim_create_autocmd("TermEnter", {
    buffer = buffer,
    callback = function()
      if typing.is_late and typing.has_begun and not typing.is_ready then
        M.flush(typing)
      end
    end,
  })
  vim.api.nvim_create_autocmd("TermClose", {
    buffer = buffer,
    callback = function()
      M.stop(typing)
    end,
  })
end

return M
