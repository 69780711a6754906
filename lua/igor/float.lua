-- The floats: one for each action, in the lower right corner. The buffer holds the output, below it how things stand.
local M = {}

local content = require("igor.float_content")

---@class igor.Float
---@field id integer
---@field buffer integer
---@field window? integer
---@field tab? integer the tab page of the window, also when that has gone with it
---@field status integer how many lines at the end tell how things stand
---@field log integer how many lines of output stand before them
---@field frame { status: string[], marks: table[] } the last one
---@field rows? integer in how many lines it tells how things stand, where all of them have no room
---@field grows boolean whether the output is worth room
---@field hidden boolean whether the user put it away
---@field small boolean whether it shows its last line only
---@field over boolean whether the action has ended
---@field over_at integer when it had
---@field stays boolean whether it waits to be read
---@field failed? igor.Action what went wrong
---@field title string
---@field before? integer the last one before it

---@type table<integer, igor.Float>
local floats = {}
---@type integer?
local last

--- So many lines of output are shown beside how things stand.
local grown = 12

--- So many milliseconds after the end of its action, a float was seen.
local seen_after = 1000

local borders = { "╭", "─", "╮", "│", "╯", "─", "╰", "│" }

--- Whether it has a window, be it in another tab page.
---@param float igor.Float
---@return boolean
local function is_open(float)
  return float.window ~= nil and vim.api.nvim_win_is_valid(float.window)
end

---@param float igor.Float
---@return boolean
local function is_shown(float)
  return is_open(float) and vim.api.nvim_win_get_tabpage(float.window) == vim.api.nvim_get_current_tabpage()
end

---@param float igor.Float
---@return boolean
local function is_entered(float)
  return is_shown(float) and vim.api.nvim_get_current_win() == float.window
end

--- As much of the title as has room above the float.
---@param title string
---@return string
local function short(title)
  local room = require("igor.actions").room().width - 4
  if vim.fn.strdisplaywidth(title) <= room then
    return title
  end
  return vim.fn.strcharpart(title, 0, math.max(0, room - 1)) .. "…"
end

--- Who is in a float reads all of it; elsewhere it has so many lines.
---@param float igor.Float
---@param most integer
local function fit_status(float, most)
  local has_room = is_entered(float) or #float.frame.status <= most
  local rows = not has_room and most or nil
  if rows ~= float.rows then
    content.write(float, {}, rows)
  end
end

--- The float's size: as wide as its widest line of status, as high as what it has to show.
---@param float igor.Float
---@return integer width, integer height
local function size(float)
  local room = require("igor.actions").room()
  local count = vim.api.nvim_buf_line_count(float.buffer)
  if is_entered(float) then
    return math.max(1, math.min(vim.o.columns - 4, 120)),
      math.max(1, math.min(count, vim.o.lines - vim.o.cmdheight - 4))
  end
  local first = math.max(0, count - float.status - (float.grows and grown or 0))
  local width = vim.fn.strdisplaywidth(float.title) + 4
  for _, line in ipairs(vim.api.nvim_buf_get_lines(float.buffer, first, -1, false)) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  local height = float.small and 1 or float.status + (float.grows and math.min(float.log, grown) or 0)
  return math.max(1, math.min(width, room.width)), math.max(1, math.min(height, room.height, count))
end

--- What can be done with a float, from where the user is: the most useful first.
---@param float igor.Float
---@return string[]
local function hints(float)
  if is_entered(float) then
    return float.over and { "q closes", "- minimises" } or { "<C-c> cancels", "q closes", "- minimises" }
  end
  -- One that goes away by itself.
  if float.over and not float.stays then
    return {}
  end
  local rest = float.over and ":IgorClose closes" or ":IgorStop cancels"
  return last == float.id and { ":IgorLog enters", rest } or { rest }
end

--- As many of these as have room in the border below a float.
---@param float igor.Float
---@param width integer
---@return string
local function footer(float, width)
  local text = ""
  for _, hint in ipairs(hints(float)) do
    local longer = text == "" and hint or text .. ", " .. hint
    if #longer + 2 <= width then
      text = longer
    end
  end
  return text == "" and "" or " " .. text .. " "
end

--- Puts all floats above each other, the oldest lowest.
local function arrange()
  local shown = vim.tbl_filter(is_shown, vim.tbl_values(floats))
  table.sort(shown, function(a, b)
    return a.id < b.id
  end)
  local bottom = vim.o.lines - vim.o.cmdheight - (vim.o.laststatus > 0 and 1 or 0)
  for _, float in ipairs(shown) do
    if not float.small then
      fit_status(float, math.max(1, math.min(require("igor.actions").room().height, bottom - 2)))
    end
    local width, height = size(float)
    height = math.max(1, math.min(height, bottom - 2))
    vim.api.nvim_win_set_config(float.window, {
      relative = "editor",
      anchor = "SE",
      row = math.max(3, bottom),
      col = vim.o.columns,
      width = width,
      height = height,
      footer = { { footer(float, width), "IgorDim" } },
      footer_pos = "right",
    })
    bottom = bottom - height - 2
    if not is_entered(float) then
      M.follow(float)
    end
  end
end

--- Shows the end of the buffer, from the headline on where that would have no room.
---@param float igor.Float
function M.follow(float)
  local count = vim.api.nvim_buf_line_count(float.buffer)
  local height = vim.api.nvim_win_get_height(float.window)
  local top = math.max(1, math.min(count - height + 1, content.headline(float) or count))
  vim.api.nvim_win_call(float.window, function()
    vim.fn.winrestview({ topline = top, lnum = math.min(count, top + height - 1), leftcol = 0, col = 0 })
  end)
end

---@param float igor.Float
local function map_keys(float)
  local function map(lhs, rhs, desc)
    vim.keymap.set("n", lhs, rhs, { buffer = float.buffer, nowait = true, desc = "igor: " .. desc })
  end
  map("q", function()
    M.hide(float.id)
  end, "put the float away")
  map("<Esc>", function()
    vim.cmd.wincmd("p")
  end, "leave the float")
  map("-", function()
    float.small = not float.small
    vim.cmd.wincmd("p")
    arrange()
  end, "show one line, or all again")
  map("<C-c>", function()
    require("igor.actions").cancel(float.id)
  end, "cancel the action")
end

--- Floats of what has ended make room for what begins.
function M.make_room()
  for id, float in pairs(floats) do
    if float.over and not is_entered(float) then
      M.hide(id)
    end
  end
end

---@param id integer
---@param title string
---@return igor.Float
local function make(id, title)
  require("igor.highlights")
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "hide"
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].undolevels = -1
  vim.api.nvim_buf_set_name(buffer, "igor://action/" .. id)
  vim.bo[buffer].filetype = "igor"
  local float = {
    id = id,
    buffer = buffer,
    status = 0,
    log = 0,
    frame = { status = {}, marks = {} },
    grows = false,
    hidden = false,
    small = false,
    over = false,
    over_at = 0,
    stays = false,
    title = short(title),
    before = last,
  }
  floats[id] = float
  last = id
  map_keys(float)
  return float
end

---@param float igor.Float
local function close(float)
  local window = is_open(float) and float.window
  float.window = nil
  if window then
    vim.api.nvim_win_close(window, true)
  end
end

---@param float igor.Float
local function show(float)
  if is_shown(float) or vim.o.columns < 20 or vim.o.lines < 8 or not require("igor.options").get().float then
    return
  end
  local ok, window = pcall(vim.api.nvim_open_win, float.buffer, false, {
    relative = "editor",
    anchor = "SE",
    row = vim.o.lines - vim.o.cmdheight,
    col = vim.o.columns,
    width = 1,
    height = 1,
    style = "minimal",
    border = borders,
    title = { { " " .. float.title .. " ", "IgorTitle" } },
    zindex = 60,
    noautocmd = true,
  })
  -- In the window for the command line no other window can be opened; the next frame tries again.
  if not ok then
    return
  end
  -- One that is left in another tab page.
  close(float)
  float.window = window
  float.tab = vim.api.nvim_get_current_tabpage()
  vim.wo[window].winhighlight = "Normal:IgorFloat,FloatBorder:IgorBorder,FloatTitle:IgorTitle"
  vim.wo[window].wrap = false
  vim.wo[window].scrolloff = 0
end

--- Brings all floats to the tab page where the user is; also those that were closed with theirs.
local function come_along()
  local ids = vim.tbl_keys(floats)
  for _, id in ipairs(ids) do
    local float = floats[id]
    if float.tab and not vim.api.nvim_tabpage_is_valid(float.tab) then
      float.hidden = false
    end
    if not float.hidden and vim.api.nvim_buf_is_valid(float.buffer) then
      show(float)
    end
  end
  if #ids > 0 then
    arrange()
  end
end

--- Draws a frame: lines of output that are new, and how things stand.
---@param told table
function M.draw(told)
  local float = floats[told.id]
  if not float or not vim.api.nvim_buf_is_valid(float.buffer) then
    float = make(told.id, told.title)
  end
  float.grows = told.grows
  float.frame = { status = told.status, marks = told.marks }
  content.write(float, told.log, float.rows)
  if not float.hidden then
    show(float)
  end
  arrange()
end

--- Shows a text of igor's own, which may be longer than a line.
---@param id integer
---@param title string
---@param text string
function M.say(id, title, text)
  M.draw({ id = id, title = title, log = {}, status = content.wrapped(text), marks = {}, grows = false })
  M.ended(id, true)
end

--- Whoever did the action has gone, and tells no more how things stand: this is said in the place of that.
---@param action igor.Action
---@param text string
function M.lose(action, text)
  local id = action.id
  local float = floats[id]
  -- What nobody typed has no float before something goes wrong.
  if float or not action.on_end then
    local title = float and float.title or action.line
    local grows = float ~= nil and float.grows
    M.draw({ id = id, title = title, log = {}, status = content.wrapped(text), marks = {}, grows = grows })
    M.ended(id, true, action)
  end
end

--- What becomes of the float of an action that has ended.
---@param id integer
---@param stays boolean
---@param failed? igor.Action where it went wrong
function M.ended(id, stays, failed)
  local float = floats[id]
  if not float then
    return
  end
  float.over = true
  float.over_at = vim.uv.now()
  float.stays = stays
  float.failed = failed
  arrange()
  if stays then
    return
  end
  vim.defer_fn(function()
    -- Who reads in it, closes it.
    if not is_entered(float) then
      M.hide(id)
    end
  end, require("igor.options").get().linger)
end

--- Whatever came of an action now, how the same one failed before is of no use any more.
---@param action igor.Action
function M.outdate(action)
  for id, float in pairs(floats) do
    local failed = float.failed
    if failed and failed.line == action.line and failed.root == action.root and not is_entered(float) then
      M.hide(id)
    end
  end
end

--- Shows only how things stand: the output is read elsewhere.
---@param id integer
function M.shrink(id)
  local float = floats[id]
  if float then
    float.grows = false
    arrange()
  end
end

--- Puts a float away; the action goes on, and `:IgorLog` shows it again.
---@param id integer
function M.hide(id)
  local float = floats[id]
  if not float then
    return
  end
  float.hidden = true
  float.tab = nil
  close(float)
  -- The last one is kept to be read again.
  if float.over and last ~= id then
    floats[id] = nil
    pcall(vim.api.nvim_buf_delete, float.buffer, { force = true })
  end
  arrange()
end

--- Puts a float away that holds nothing to be read: `:IgorLog` shows the one before it.
---@param id integer
function M.drop(id)
  local float = floats[id]
  if not float then
    return
  end
  if last == id then
    last = float.before
  end
  float.over = true
  M.hide(id)
end

--- Puts all floats away.
function M.hide_all()
  for id in pairs(floats) do
    M.hide(id)
  end
end

--- Goes into the float of the last action, which is shown again if it was put away.
---@return boolean entered
function M.enter_last()
  local float = last and floats[last]
  if not float or not vim.api.nvim_buf_is_valid(float.buffer) then
    return false
  end
  float.hidden = false
  show(float)
  if not is_shown(float) then
    return false
  end
  vim.api.nvim_set_current_win(float.window)
  arrange()
  M.follow(float)
  return true
end

--- Whether a float covers a part of a window.
---@param float igor.Float
---@param window integer
---@return boolean
local function covers(float, window)
  local place = vim.api.nvim_win_get_config(float.window)
  local row, column = unpack(vim.api.nvim_win_get_position(window))
  local bottom = row + vim.api.nvim_win_get_height(window)
  local right = column + vim.api.nvim_win_get_width(window)
  return bottom > place.row - place.height - 2 and right > place.col - place.width - 2
end

--- Floats that were there to be seen for a while show one line where they are in the way of a window.
---@param window integer
local function give_way(window)
  if not vim.api.nvim_win_is_valid(window) or vim.api.nvim_win_get_config(window).relative ~= "" then
    return
  end
  for _, float in pairs(floats) do
    local was_seen = float.over and vim.uv.now() - float.over_at > seen_after
    if was_seen and is_shown(float) and not is_entered(float) and covers(float, window) then
      float.small = true
    end
  end
  arrange()
end

vim.api.nvim_create_autocmd({ "WinNew", "WinEnter" }, {
  group = vim.api.nvim_create_augroup("igor.float.way", {}),
  callback = function(event)
    local window = vim.api.nvim_get_current_win()
    if next(floats) and (event.event == "WinNew" or vim.bo[event.buf].buftype == "quickfix") then
      vim.schedule(function()
        give_way(window)
      end)
    end
  end,
})
vim.api.nvim_create_autocmd("VimResized", {
  group = vim.api.nvim_create_augroup("igor.float", {}),
  callback = function()
    require("igor.peer").tell_if_running({ kind = "room", room = require("igor.actions").room() })
    arrange()
  end,
})
vim.api.nvim_create_autocmd("WinClosed", {
  group = "igor.float",
  callback = function(event)
    for _, float in pairs(floats) do
      if float.window == tonumber(event.match) then
        float.window = nil
        float.hidden = true
        vim.schedule(function()
          -- Put away by the user, not with its tab page.
          if not float.window and vim.api.nvim_tabpage_is_valid(float.tab or 0) then
            float.tab = nil
          end
        end)
      end
    end
  end,
})
vim.api.nvim_create_autocmd({ "TabEnter", "TabClosed" }, { group = "igor.float", callback = come_along })
vim.api.nvim_create_autocmd({ "WinEnter", "WinLeave" }, {
  group = "igor.float",
  callback = vim.schedule_wrap(function()
    if next(floats) then
      arrange()
    end
  end),
})

return M
