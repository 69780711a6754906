-- The actions that go on in this editor.
local M = {}

---@class igor.Action
---@field id integer
---@field line string
---@field root string
---@field brief string
---@field on_end? fun()

---@type table<integer, igor.Action>
local running = {}
local last_id = 0

--- Columns and lines that a float may have.
---@return { width: integer, height: integer }
function M.room()
  local height = vim.o.lines - vim.o.cmdheight - 4
  return { width = math.max(1, math.min(80, vim.o.columns - 4)), height = math.max(1, math.min(20, height)) }
end

--- Begins what a line asks for, in the project's directory or one below it. With `on_end` nobody typed it: only what
--- goes wrong is shown.
---@param line string
---@param place { root: string, directory: string, debug?: { file: string, line: integer } }
---@param on_end? fun()
function M.begin(line, place, on_end)
  if package.loaded["igor.float"] and not on_end then
    require("igor.float").make_room()
  end
  last_id = last_id + 1
  local id = last_id
  local title = place.debug and vim.trim("debug " .. line) or line
  running[id] = { id = id, line = title, root = place.root, brief = title, on_end = on_end }
  local why_not = require("igor.peer").tell({
    kind = "run",
    id = id,
    line = line,
    directory = place.directory,
    room = M.room(),
    quiet = on_end ~= nil,
    debug = place.debug,
    unsaved = on_end and {} or require("igor.project").unsaved(place.root),
  })
  if why_not then
    M.ended(id)
    require("igor.float").say(id, line, why_not)
    require("igor.notify").error(why_not)
  end
end

---@param id integer
function M.cancel(id)
  if running[id] then
    require("igor.peer").tell({ kind = "cancel", id = id })
  end
end

---@return integer cancelled
function M.cancel_all()
  local count = 0
  for id in pairs(running) do
    M.cancel(id)
    count = count + 1
  end
  return count
end

---@param id integer
---@return igor.Action?
function M.get(id)
  return running[id]
end

---@param id integer
function M.ended(id)
  local action = running[id]
  running[id] = nil
  if action and action.on_end then
    action.on_end()
  end
end

---@return igor.Action[] in the order in which they began
function M.list()
  local list = vim.tbl_values(running)
  table.sort(list, function(a, b)
    return a.id < b.id
  end)
  return list
end

return M
