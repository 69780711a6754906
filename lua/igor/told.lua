-- What igor tells the editor.
local M = {}

local notify = require("igor.notify")

---@type table<string, fun(told: table)>
local kinds = {}

--- Draws the statusline again, where one says what goes on.
local function redraw_status()
  local igor = package.loaded["igor"]
  if igor and igor.has_statusline then
    vim.cmd.redrawstatus({ bang = true })
  end
end

--- No more of an action is to come.
---@param id integer
local function end_action(id)
  require("igor.actions").ended(id)
  redraw_status()
end

function kinds.draw(told)
  local action = require("igor.actions").get(told.id)
  if action then
    action.brief = told.brief
  end
  require("igor.float").draw(told)
  require("igor.progress").tell(told)
  redraw_status()
end

function kinds.ended(told)
  local is_drawn = package.loaded["igor.float"] ~= nil
  local action = require("igor.actions").get(told.id)
  end_action(told.id)
  if is_drawn then
    if action and told.outcome ~= "cancelled" then
      require("igor.float").outdate(action)
    end
    require("igor.float").ended(told.id, told.stays, told.outcome == "failed" and action or nil)
  end
  local is_told = require("igor.progress").ended(told, action and action.brief or "has ended")
  if told.message == "" then
    return
  end
  if told.outcome == "failed" then
    notify.error("igor: " .. told.message)
  elseif not is_told then
    notify.info("igor: " .. told.message)
  end
end

function kinds.ask(told)
  require("igor.ask").ask(told.question, function(yes)
    require("igor.peer").tell({ kind = "answer", id = told.id, yes = yes })
  end)
end

function kinds.unsaved(told)
  local files = told.files
  notify.warn(("igor: %s not saved"):format(#files == 1 and files[1] .. " is" or #files .. " files are"))
end

function kinds.terminal(told)
  end_action(told.id)
  require("igor.idle").wait(function()
    require("igor.terminal").open(told.words, told.directory)
  end)
end

function kinds.report(told)
  end_action(told.id)
  local brief = told.title .. " has ended"
  require("igor.progress").ended({ id = told.id, outcome = "done", message = brief }, brief)
  require("igor.idle").wait(function()
    if package.loaded["igor.float"] then
      require("igor.float").drop(told.id)
    end
    require("igor.report").open(told.title, told.lines)
  end)
end

function kinds.debug(told)
  require("igor.debug").start(told.configuration)
end

function kinds.quickfix(told)
  require("igor.quickfix").fill(told)
end

function kinds.misfit(told)
  notify.warn(
    told.older == "bundle" and require("igor.program").stale()
      or "igor was updated while Neovim ran. Start Neovim again."
  )
end

--- The data of an autocommand, for the line of Lua that runs it.
---@type table?
local event

function M.run_autocommands()
  vim.api.nvim_exec_autocmds("User", assert(event))
end

function kinds.autocommand(told)
  event = { pattern = told.pattern, data = told.data, modeline = false }
  -- By a command: what fails in an autocommand is thrown only there, and is printed by Neovim elsewhere.
  local ok, why = pcall(vim.cmd, "lua require('igor.told').run_autocommands()")
  event = nil
  if not ok then
    -- The action goes on, and its end must not cover this.
    notify.warn(("igor: an autocommand for %s failed: %s"):format(told.pattern, notify.words_of(why)))
  end
end

---@param told table
function M.take(told)
  notify.protect(kinds[told.kind] or kinds.misfit, told)
end

--- The process has gone, and with it all that it did; only a build is the host's own.
---@param why string
function M.lost(why)
  for _, action in ipairs(require("igor.actions").list()) do
    end_action(action.id)
    require("igor.progress").ended({ id = action.id, outcome = "failed", message = why }, why)
    local line = action.line
    local builds = line:find("^docker setup") or line:find("^docker build") or line:find("^debug")
    local rest = builds and " A build that had begun may go on there: the same command follows it." or ""
    require("igor.float").lose(action, "This has ended, because " .. why .. rest)
  end
  notify.error(why)
end

return M
