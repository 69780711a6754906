-- The REPL of a project in a terminal of the editor: its windows, and what is sent there.
local M = {}

local notify = require("igor.notify")
local typing = require("igor.typing")

---@class igor.Repl
---@field root string the project
---@field line string what stands behind `:IgorRepl`: options, and the command when it is not the project's own
---@field buffer integer
---@field channel integer
---@field typing igor.Typing
---@field is_left? boolean its end is wanted

---@type igor.Repl[] in the order of their last use
local repls = {}

---@param repl igor.Repl
---@return boolean
local function is_alive(repl)
  return vim.api.nvim_buf_is_valid(repl.buffer) and vim.fn.jobwait({ repl.channel }, 0)[1] == -1
end

--- The REPL that was used last, of a project, or of a buffer of one.
---@param root string
---@param line? string
---@return igor.Repl?
local function find(root, line)
  for i = #repls, 1, -1 do
    local repl = repls[i]
    if repl.root == root and (line == nil or repl.line == line) then
      return repl
    end
  end
end

---@param repl igor.Repl
local function forget(repl)
  for i, one in ipairs(repls) do
    if one == repl then
      table.remove(repls, i)
      return
    end
  end
end

---@param repl igor.Repl
local function use(repl)
  forget(repl)
  repls[#repls + 1] = repl
end

--- A window with the cursor in the last line of a terminal shows what comes.
---@param buffer integer
function M.follow(buffer)
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    if window ~= vim.api.nvim_get_current_win() then
      vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(buffer), 0 })
    end
  end
end

--- Closes the windows of a buffer; the last window of the editor stays, with another buffer.
---@param buffer integer
local function close_windows(buffer)
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    if not pcall(vim.api.nvim_win_close, window, true) then
      vim.api.nvim_win_call(window, vim.cmd.enew)
    end
  end
end

---@param repl igor.Repl
---@param code integer
local function ended(repl, code)
  if not vim.api.nvim_buf_is_valid(repl.buffer) then
    return forget(repl)
  end
  if code == 0 then
    forget(repl)
    close_windows(repl.buffer)
    vim.api.nvim_buf_delete(repl.buffer, { force = true })
    return
  end
  -- Why it ended stands there. A key that was meant for it must not close it unread.
  vim.keymap.set("n", "q", "<Cmd>bdelete!<CR>", { buffer = repl.buffer, nowait = true, desc = "igor: close" })
  if vim.api.nvim_get_current_buf() == repl.buffer then
    vim.cmd.stopinsert()
  end
  if #vim.fn.win_findbuf(repl.buffer) == 0 or #repl.typing.queue > 0 then
    notify.error(("igor: the REPL has ended (exit %d); :IgorRepl shows why, or starts it again."):format(code))
  end
  repl.typing.queue = {}
end

--- Names the current buffer, if need be with a number behind it.
---@param name string
local function name_buffer(name)
  local free = name
  local count = 1
  while vim.fn.bufexists(free) == 1 do
    count = count + 1
    free = ("%s (%d)"):format(name, count)
  end
  local before = vim.api.nvim_buf_get_name(0)
  vim.cmd(("silent keepalt file %s"):format(vim.fn.fnameescape(free)))
  -- Neovim leaves a buffer with the name of before.
  for _, info in ipairs(vim.fn.getbufinfo()) do
    if info.name == before and info.bufnr ~= vim.api.nvim_get_current_buf() then
      pcall(vim.api.nvim_buf_delete, info.bufnr, { force = true })
    end
  end
end

--- Opens a REPL in the current window, in a buffer of its own.
---@param root string
---@param line string
---@param is_new boolean
---@return igor.Repl
local function start(root, line, is_new)
  local buffer = vim.api.nvim_create_buf(false, false)
  vim.api.nvim_win_set_buf(0, buffer)
  ---@type igor.Repl
  local repl = { root = root, line = line, buffer = buffer, channel = 0 }
  repl.typing = typing.new(function(keys)
    if is_alive(repl) then
      vim.api.nvim_chan_send(repl.channel, keys)
      M.follow(repl.buffer)
    end
  end)
  local given = (is_new and "docker repl --new " or "docker repl ") .. line
  repl.channel = require("igor.terminal").start(require("igor.program").cli({ "--line", given }), {
    cwd = root,
    on_stdout = function(_, data)
      typing.hear(repl.typing, data)
    end,
    on_exit = function(_, code)
      if vim.v.exiting == vim.NIL and not repl.is_left then
        ended(repl, code)
      end
    end,
  })
  typing.go_with(repl.typing, buffer)
  local name = "igor://repl/" .. vim.fs.basename(root)
  name_buffer(line == "" and name or name .. "/" .. line)
  vim.b[buffer].igor_root = root
  vim.bo[buffer].bufhidden = "hide"
  vim.bo[buffer].filetype = "igor-repl"
  vim.wo[0][0].number = false
  vim.wo[0][0].relativenumber = false
  vim.wo[0][0].signcolumn = "no"
  use(repl)
  M.end_with_editor()
  return repl
end

---@param mods string e.g. `vertical`, `tab`, `botright`
local function split(mods)
  if mods == "" then
    mods = ("botright %d"):format(math.max(5, math.floor(vim.o.lines / 3)))
  end
  vim.cmd(mods .. " split")
end

--- Where a REPL is shown in this tab page.
---@param repl igor.Repl
---@return integer? window
local function window_of(repl)
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.api.nvim_win_get_buf(window) == repl.buffer then
      return window
    end
  end
end

--- The project of a buffer whose REPL can be opened; else why not is said.
---@param buffer integer
---@return string? root
local function project_of(buffer)
  local root = require("igor.project").root(buffer)
  local missing = require("igor.program").missing()
  if missing or not root then
    notify.error(missing or "igor: no .igor/config.json here or above; :IgorInit makes one.")
    return nil
  end
  return root
end

--- Shows a REPL of a project beside the code, and starts it where it does not run.
---@param root string
---@param line string
---@param how { mods: string, is_new: boolean }
---@return igor.Repl
local function show(root, line, how)
  local repl = find(root, line)
  local here = vim.api.nvim_get_current_win()
  local window = repl and window_of(repl)
  if window and how.mods == "" then
    vim.api.nvim_set_current_win(window)
  else
    split(how.mods)
    if window then
      vim.api.nvim_win_close(window, true)
    end
  end
  if repl and is_alive(repl) and not how.is_new then
    vim.api.nvim_win_set_buf(0, repl.buffer)
    use(repl)
  else
    local old = repl
    repl = start(root, line, how.is_new)
    if old then
      M.leave(old)
    end
  end
  if vim.api.nvim_win_is_valid(here) then
    vim.api.nvim_set_current_win(here)
  end
  M.follow(repl.buffer)
  return repl
end

--- `:IgorRepl`: shows the REPL of the project; the cursor stays in the code. Is it shown already, it goes there. With a
--- range it gets those lines.
---@param given { args: string, bang: boolean, mods: string, range: integer, line1: integer, line2: integer }
function M.open(given)
  if given.range > 0 then
    if given.args ~= "" or given.bang then
      return notify.error("igor: lines go to the REPL that was used last: a range takes neither a command nor !")
    end
    return require("igor.send").lines(given.line1, given.line2)
  end
  local root = project_of(0)
  if not root then
    return
  end
  local line = vim.trim(given.args or "")
  local repl = find(root, line)
  local window = repl and is_alive(repl) and window_of(repl)
  if window and not given.bang and given.mods == "" then
    vim.api.nvim_set_current_win(window)
    return vim.cmd.startinsert()
  end
  show(root, line, { mods = given.mods or "", is_new = given.bang == true })
end

--- Sends code to the project's REPL that was used last, and opens one where there is none.
---@param buffer integer
---@param lines string[]
---@param place? { name?: string, line?: integer }
function M.send(buffer, lines, place)
  local root = project_of(buffer)
  local repl = root and find(root)
  if root and not (repl and is_alive(repl)) then
    local line = repl and repl.line or ""
    repl = show(root, line, { mods = "", is_new = false })
  end
  if not repl then
    return
  end
  local plain, skipped = require("igor.paste").dedent(lines)
  local line = place and place.line and place.line + skipped
  typing.send(repl.typing, { lines = plain, name = place and place.name, line = line })
end

--- Interrupts what the project's REPL is doing.
function M.interrupt()
  local root = require("igor.project").root()
  local repl = root and find(root)
  if repl and is_alive(repl) then
    vim.api.nvim_chan_send(repl.channel, "\3")
  end
end

--- Ends the terminal of a REPL, and takes its buffer away; on its host the REPL stays.
---@param repl igor.Repl
function M.leave(repl)
  repl.is_left = true
  forget(repl)
  vim.fn.jobstop(repl.channel)
  if vim.api.nvim_buf_is_valid(repl.buffer) then
    close_windows(repl.buffer)
    vim.api.nvim_buf_delete(repl.buffer, { force = true })
  end
end

---@type table<integer, true> terminals of others that are no reason to stay
local quiet = {}

--- The terminal of a REPL that another plugin opened is no reason for the editor to stay, either.
---@param channel integer
function M.quit_quietly(channel)
  quiet[channel] = true
  M.end_with_editor()
end

local function end_terminals()
  for _, repl in ipairs(repls) do
    repl.is_left = true
    pcall(vim.fn.jobstop, repl.channel)
  end
  for channel in pairs(quiet) do
    pcall(vim.fn.jobstop, channel)
  end
end

local is_set = false

--- `:wqa` and `:xa` refuse to end the editor while a terminal runs (E948). So they end those of REPLs, which stay on
--- their hosts; but `:qa`, which needs no such help, may be refused for the sake of a file, and then they go on.
function M.end_with_editor()
  if is_set then
    return
  end
  is_set = true
  local group = vim.api.nvim_create_augroup("igor.repl", {})
  vim.api.nvim_create_autocmd("ExitPre", {
    group = group,
    callback = function()
      local unsaved = vim.tbl_filter(function(info)
        return vim.bo[info.bufnr].buftype == "" or vim.bo[info.bufnr].buftype == "acwrite"
      end, vim.fn.getbufinfo({ bufmodified = 1 }))
      if #unsaved == 0 then
        return end_terminals()
      end
      -- The next event before anything else is the write of `:wqa`.
      local id = vim.api.nvim_create_autocmd("BufWritePost", { group = group, callback = end_terminals })
      vim.schedule(function()
        pcall(vim.api.nvim_del_autocmd, id)
      end)
    end,
  })
end

return M
