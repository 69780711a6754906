-- Which project a buffer belongs to.
local M = {}

--- The directory that holds `.igor/config.json`, above the file of a buffer, or else above the working directory.
---@param buffer? integer
---@return string? root
function M.root(buffer)
  local name = vim.api.nvim_buf_get_name(buffer or 0)
  local kept = vim.b[buffer or 0].igor_root
  if kept then
    return kept
  end
  if name ~= "" and vim.bo[buffer or 0].buftype == "" then
    local root = M.above(vim.fs.dirname(name))
    if root then
      return root
    end
  end
  return M.above(vim.fn.getcwd())
end

--- The project that a directory belongs to.
---@param directory string
---@return string? root
function M.above(directory)
  local found = vim.fs.find(".igor/config.json", { upward = true, path = directory, type = "file" })[1]
  return found and vim.fs.dirname(vim.fs.dirname(found)) or nil
end

--- Buffers of a project whose text is not on the disk yet, relative to it.
---@param root string
---@return string[]
function M.unsaved(root)
  local names = {}
  for _, info in ipairs(vim.fn.getbufinfo({ bufmodified = 1 })) do
    if vim.bo[info.bufnr].buftype == "" and vim.startswith(info.name, root .. "/") then
      names[#names + 1] = info.name:sub(#root + 2)
    end
  end
  return names
end

return M
