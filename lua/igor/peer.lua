-- igor's own process beside the editor. It is started by the first command, in the background, and never waited for.
local M = {}

---@type integer?
local channel
---@type number of which build the process is
local built_at
---@type string[]
local last_words = {}
---@type table<string, string> what the process knows of the editor's environment
local environment = {}

--- The line of its last words that tells what went wrong: where an error was thrown stands before and behind it.
---@return string line empty when nothing does
local function telling_line()
  local last = ""
  for _, line in ipairs(last_words) do
    if line:find("^%u%w*Error[ :]") or line:find("^Error[ :]") or line:find("^FATAL ERROR: ") then
      return line
    elseif line:find("^%S") and line ~= "}" and not line:find("^Node%.js v") then
      last = line
    end
  end
  return last
end

--- Why the process ended, from what it said last.
---@param code integer
---@return string
local function why_ended(code)
  for _, line in ipairs(last_words) do
    -- It says so itself, with what to do.
    if vim.startswith(line, "igor needs Node ") then
      return line
    end
  end
  local line = telling_line():gsub("%.+$", "")
  return ("igor ended by itself (%s)%s. The next command starts it anew."):format(
    code > 128 and "signal " .. (code - 128) or "exit " .. code,
    line ~= "" and ": " .. line:sub(1, 200) or ""
  )
end

---@return string? why it could not be started
local function start()
  local missing = require("igor.program").missing()
  if missing then
    return missing
  end
  last_words = { "" }
  local started
  started = vim.fn.jobstart(require("igor.program").peer(), {
    rpc = true,
    -- Who leaves the editor waits for nothing: it ends in order when the editor is gone.
    detach = true,
    on_stderr = function(_, data)
      -- The first piece goes on with the last line.
      last_words[#last_words] = (last_words[#last_words] or "") .. table.remove(data, 1)
      vim.list_extend(last_words, data)
      -- Only the last of it is ever told.
      while #last_words > 50 do
        table.remove(last_words, 1)
      end
    end,
    on_exit = function(_, code)
      if channel ~= started then
        return
      end
      channel = nil
      if vim.v.exiting == vim.NIL then
        vim.schedule(function()
          require("igor.told").lost(why_ended(code))
        end)
      end
    end,
  })
  if started <= 0 then
    return "igor could not be started: " .. table.concat(require("igor.program").peer(), " ")
  end
  channel = started
  environment = vim.fn.environ()
  built_at = require("igor.program").built_at()
  require("igor.saved").listen_to_writes()
end

--- What begins after igor was updated and built begins with the new one, unless something of the old one goes on.
---@param message table
local function leave_old_build(message)
  local is_idle = message.kind == "run" and #require("igor.actions").list() == 1
  if channel and is_idle and built_at ~= require("igor.program").built_at() then
    local old = channel
    channel = nil
    vim.fn.jobstop(old)
  end
end

--- What has changed in the environment, e.g. by `:let $X` or direnv.vim, since the process heard of it last.
---@return table<string, string|false>?
local function changes()
  local now = vim.fn.environ()
  local changed ---@type table<string, string|false>?
  for name, value in pairs(now) do
    if environment[name] ~= value then
      changed = changed or {}
      changed[name] = value
    end
  end
  for name in pairs(environment) do
    if now[name] == nil then
      changed = changed or {}
      changed[name] = false
    end
  end
  environment = now
  return changed
end

--- Tells igor something; what it has to say to that comes by `igor.told`.
---@param message table
---@return string? why it could not be told
function M.tell(message)
  leave_old_build(message)
  local why = not channel and start() or nil
  -- A process that has just died takes nothing; its end is told by itself.
  if channel then
    if message.kind == "run" or message.kind == "open" then
      message.environment = changes()
    end
    pcall(vim.rpcnotify, channel, "igor", message)
  end
  return why
end

--- Tells igor something that is of no use to one that does not run.
---@param message table
function M.tell_if_running(message)
  if channel then
    M.tell(message)
  end
end

return M
