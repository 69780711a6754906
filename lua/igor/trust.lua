-- What igor may do by itself in a project: nothing, until its configuration is in Neovim's own list of trusted files,
-- as it is now (`:help vim.secure`). A command that is typed needs no such trust.
local M = {}

---@param root string
---@return string
local function config_of(root)
  return vim.fs.normalize(vim.uv.fs_realpath(root .. "/.igor/config.json") or (root .. "/.igor/config.json"))
end

---@param path string
---@return string?
local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

--- Whether the configuration of a project is trusted as it is. Nobody is asked, unlike by `vim.secure.read`.
---@param root string
---@return boolean
function M.is_trusted(root)
  local path = config_of(root)
  local text = read(path)
  local list = read(vim.fn.stdpath("state") .. "/trust")
  if not text or not list then
    return false
  end
  local entry = vim.fn.sha256(text) .. " " .. path
  return vim.tbl_contains(vim.split(list, "\n", { plain = true }), entry)
end

--- Trusts the configuration of the project of the current buffer, as it is now.
---@return boolean trusted
function M.trust()
  require("igor.notify").be_read()
  local root = require("igor.project").root()
  if not root then
    require("igor.notify").warn("igor: there is no .igor/config.json here or above, so there is nothing to trust.")
    return false
  end
  local path = config_of(root)
  local buffer = vim.fn.bufadd(path)
  vim.fn.bufload(buffer)
  vim.cmd.checktime(buffer)
  if vim.bo[buffer].modified then
    require("igor.notify").warn("igor: .igor/config.json is not saved: what is on the disk is what can be trusted.")
    return false
  end
  -- Neovim 0.10 takes the digest of a buffer, and of the file only to deny it.
  local ok, why = vim.secure.trust({ action = "allow", bufnr = buffer })
  if not ok then
    require("igor.notify").warn("igor: " .. tostring(why))
    return false
  end
  if not M.is_trusted(root) then
    require("igor.notify").warn("igor: .igor/config.json has changed on the disk: open it, read it, and trust it then.")
    return false
  end
  require("igor.notify").info("igor: " .. vim.fn.fnamemodify(path, ":~") .. " is trusted, until it changes.")
  return true
end

---@type table<string, "told"|"trusted">
local known = {}

--- Whether igor may do something by itself; says why it may not: once for each project, and once more after it might.
---@param root string
---@param what string e.g. "push what you save"
---@return boolean
function M.allows(root, what)
  if M.is_trusted(root) then
    known[root] = "trusted"
    return true
  end
  if known[root] ~= "told" then
    local where = known[root] and "now: its configuration changed: read it"
      or ("in %s: read its configuration"):format(vim.fn.fnamemodify(root, ":t"))
    known[root] = "told"
    require("igor.notify").warn(("igor may not %s %s, then :IgorTrust"):format(what, where))
  end
  return false
end

return M
