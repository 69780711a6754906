-- iron.nvim: in a project of igor its REPL is the project's, on its host; everywhere else it stays the user's own.
--
-- What of iron is relied on (test/nvim/iron-contract/ has it in short):
--   iron.lowlevel  get_repl_def(ft), which fails where no interpreter is installed here;
--                  create_repl_on_current_window(ft, definition, buffer, code_buffer, options), which gives the
--                  REPL's `meta` = { bufnr, job, repldef, ft } and calls definition.command where it is a function;
--                  send_to_repl, which types what definition.format(lines) gives
--   iron.state     repls[ft], get_repl(ft), set_repl(ft, meta): where iron keeps its REPLs; one that is begun again
--                  is still there while the next one is made
local M = {}

--- The project whose REPL iron is to open for a buffer.
---@param buffer integer
---@return string? root
local function root_for(buffer)
  if not require("igor.options").get().iron or not vim.api.nvim_buf_is_valid(buffer) then
    return nil
  end
  -- Not by the working directory: a scratch buffer in a project is none of its files.
  local named = vim.b[buffer].igor_root
  local name = vim.api.nvim_buf_get_name(buffer)
  if named or name == "" or vim.bo[buffer].buftype ~= "" then
    return named
  end
  local root = require("igor.project").above(vim.fs.dirname(name))
  return root and require("igor.trust").allows(root, "open its REPL in iron.nvim") and root or nil
end

---@param buffer integer
local function tell_end(buffer)
  vim.api.nvim_create_autocmd("TermClose", {
    buffer = buffer,
    once = true,
    callback = function()
      -- iron closes the window at once, and what is said in it is gone.
      if vim.v.event.status <= 0 or vim.v.exiting ~= vim.NIL then
        return
      end
      local lines = vim.tbl_filter(function(line)
        return line:find("%S") and not line:find("^%[Process exited")
      end, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
      local said = vim.tbl_filter(function(line)
        return vim.startswith(line, "✗ ")
      end, lines)[1] or lines[#lines] or ""
      require("igor.notify").error(("igor: the REPL has ended (exit %d): %s"):format(vim.v.event.status, said))
    end,
  })
end

--- How iron's REPL is made in a project of igor.
---@param root string
---@param typing igor.Typing
---@param is_new boolean in the place of the one that runs
---@return table definition
local function definition_for(root, typing, is_new)
  return {
    command = require("igor.program").cli({ "docker", "repl", is_new and "--new" or nil }),
    -- iron types what comes back: nothing of code, which igor types as soon as there is a prompt.
    format = function(lines)
      if #lines == 1 and lines[1]:find("^%c+$") then
        return lines
      end
      require("igor.typing").send(typing, { lines = (require("igor.paste").dedent(lines)) })
      return {}
    end,
    igor_root = root,
  }
end

--- Whether iron has a REPL of the project: it makes another one only to begin again.
---@param ft string
---@param root string
---@return boolean
local function runs(ft, root)
  local meta = (require("iron.state").repls[ft] or {})["igor " .. root]
  return meta ~= nil and vim.api.nvim_buf_is_loaded(meta.bufnr) and vim.fn.jobwait({ meta.job }, 0)[1] == -1
end

---@param iron table iron.lowlevel
local function take_making(iron)
  local get, create = iron.get_repl_def, iron.create_repl_on_current_window

  function iron.get_repl_def(ft)
    local ok, found = pcall(get, ft)
    if ok then
      return found
    end
    -- No interpreter here is no reason to have none there.
    return {
      command = function()
        error(found, 0)
      end,
    }
  end

  function iron.create_repl_on_current_window(ft, definition, buffer, code_buffer, options)
    local root = root_for(code_buffer)
    if not root then
      return create(ft, definition, buffer, code_buffer, options)
    end
    local typing = require("igor.typing")
    local channel ---@type integer
    local typed = typing.new(function(keys)
      if pcall(vim.fn.chansend, channel, keys) then
        require("igor.repl").follow(buffer)
      end
    end)
    options = vim.tbl_extend("force", options or {}, {
      cwd = root,
      on_stdout = function(_, data)
        typing.hear(typed, data)
      end,
    })
    local meta = create(ft, definition_for(root, typed, runs(ft, root)), buffer, code_buffer, options)
    channel = meta.job
    vim.b[meta.bufnr].igor_root = root
    require("igor.repl").quit_quietly(channel)
    typing.go_with(typed, meta.bufnr)
    tell_end(meta.bufnr)
    return meta
  end
end

---@param state table iron.state
local function take_keeping(state)
  local get, set = state.get_repl, state.set_repl

  function state.get_repl(ft)
    local root = root_for(vim.api.nvim_get_current_buf())
    if not root then
      return get(ft)
    end
    return (state.repls[ft] or {})["igor " .. root]
  end

  function state.set_repl(ft, meta)
    local root = meta.repldef.igor_root
    if not root then
      return set(ft, meta)
    end
    state.repls[ft] = state.repls[ft] or {}
    state.repls[ft]["igor " .. root] = meta
    return meta
  end
end

--- Takes part in iron, which is loaded.
---@param iron table iron.lowlevel
function M.join(iron)
  if iron.igor_joined then
    return
  end
  iron.igor_joined = true
  take_making(iron)
  take_keeping(require("iron.state"))
end

--- Loads iron.lowlevel, as if igor did not stand in its way, and takes part in it.
---@param name string
---@return table
function M.load(name)
  local hook = package.preload[name]
  package.preload[name] = nil
  package.loaded[name] = nil
  local ok, iron = pcall(require, name)
  package.preload[name] = hook
  if not ok then
    error(iron, 0)
  end
  M.join(iron)
  return iron
end

return M
