-- What happens when a file is saved, or opened.
local M = {}

---@type table<string, "running"|"again"> the pushes of each project that saves began
local pushes = {}

---@param root string
local function push(root)
  if not require("igor.trust").allows(root, "push what you save") then
    return
  end
  if pushes[root] then
    pushes[root] = "again"
    return
  end
  pushes[root] = "running"
  require("igor.actions").begin("push", { root = root, directory = root }, function()
    local again = pushes[root] == "again"
    pushes[root] = nil
    if again then
      push(root)
    end
  end)
end

--- A buffer was written.
---@param event { buf: integer, match: string }
local function wrote(event)
  local root = require("igor.project").above(vim.fs.dirname(event.match))
  if not root then
    return
  end
  require("igor.peer").tell_if_running({ kind = "wrote", path = event.match })
  if require("igor.options").get().push_on_save then
    push(root)
  end
end

--- A buffer was opened.
---@param event { match: string }
local function opened(event)
  local root = require("igor.project").above(vim.fs.dirname(event.match))
  if root and require("igor.trust").allows(root, "connect to its hosts") then
    require("igor.peer").tell({ kind = "open", directory = root })
  end
end

local group = vim.api.nvim_create_augroup("igor.saved", {})
local listens = {}

--- From now on igor hears of each file that is written.
function M.listen_to_writes()
  if not listens.writes then
    listens.writes = vim.api.nvim_create_autocmd("BufWritePost", { group = group, callback = wrote })
  end
end

--- From now on igor hears of each file that is opened, and now of those that are.
function M.listen_to_opens()
  if listens.opens then
    return
  end
  listens.opens = vim.api.nvim_create_autocmd("BufReadPost", { group = group, callback = opened })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].buftype == "" then
      opened({ match = vim.api.nvim_buf_get_name(buffer) })
    end
  end
end

--- Goes by an option that may have been turned off again.
function M.listen()
  local options = require("igor.options").get()
  if options.push_on_save then
    M.listen_to_writes()
  end
  if options.connect_on_open then
    M.listen_to_opens()
  elseif listens.opens then
    vim.api.nvim_del_autocmd(listens.opens)
    listens.opens = nil
  end
end

return M
