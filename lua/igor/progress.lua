-- Neovim 0.12 has progress messages of its own, for whoever shows them; older ones have not.
local M = {}

local notify = require("igor.notify")

local has_messages = vim.fn.has("nvim-0.12") == 1

---@type table<integer, integer|string> the message of each action
local ids = {}
---@type table<integer, integer> when each was told of last
local told_at = {}

---@param id integer
---@param text string
---@param is_kept boolean whether `:messages` has it
---@param options table
local function echo(id, text, is_kept, options)
  options.kind = "progress"
  options.source = "igor"
  options.id = ids[id]
  local line = notify.behind(text, #"igor: 100% "):gsub("^igor: ", "")
  ids[id] = vim.api.nvim_echo({ { line } }, is_kept, options)
end

--- Whether more than the begin of such a message fits in a line: with too little room Neovim waits for a key.
---@return boolean
local function has_room()
  return vim.v.echospace >= 20
end

---@param told table
function M.tell(told)
  local now = vim.uv.now()
  if not has_messages or not has_room() or told.brief == "" or now - (told_at[told.id] or 0) < 200 then
    return
  end
  told_at[told.id] = now
  echo(told.id, told.brief, false, { status = "running", title = "igor", percent = told.percent })
end

--- Ends the message of an action, with how it came out. Without a message of its own, and where a failure is told by
--- itself, it is not kept.
---@param told { id: integer, outcome: string, message: string }
---@param brief string what it says then
---@return boolean told whether the message was told and kept
function M.ended(told, brief)
  if not ids[told.id] then
    return false
  end
  if not has_room() then
    ids[told.id] = nil
    return false
  end
  local status = ({ done = "success", failed = "failed", cancelled = "cancel" })[told.outcome]
  local is_kept = told.message ~= "" and told.outcome ~= "failed"
  local text = told.message ~= "" and told.message or brief
  echo(told.id, text, is_kept, { status = status, title = "igor" })
  ids[told.id] = nil
  told_at[told.id] = nil
  return is_kept
end

return M
