-- The commands of igor. Nothing else is loaded before one of them is used.
if vim.g.loaded_igor then
  return
end
vim.g.loaded_igor = 1

-- Not by vim.fs, which is loaded by its first use only; nothing here may cost what others need not pay.
local root = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h")

--- What `require` does, without looking for the file in all of 'runtimepath'.
---@param name string e.g. `commands` of igor.commands
local function load(name)
  local module = "igor." .. name
  package.loaded[module] = package.loaded[module] or dofile(root .. "/lua/igor/" .. name .. ".lua")
  return package.loaded[module]
end

if vim.fn.has("nvim-0.10.4") == 0 then
  local function refuse()
    local version = vim.fn.matchstr(vim.fn.execute("version"), "NVIM v\\zs[0-9.]*")
    vim.api.nvim_echo({
      { "igor needs Neovim 0.10.4 or newer; this is " .. version .. ".", "ErrorMsg" },
    }, true, {})
  end
  local names = { "Igor", "IgorStop", "IgorLog", "IgorClose", "IgorTrust", "IgorRepl", "IgorDebug" }
  for _, one in ipairs(load("commands")) do
    names[#names + 1] = one.name
  end
  for _, name in ipairs(names) do
    vim.api.nvim_create_user_command(name, refuse, { nargs = "*", bang = true })
  end
  return
end

-- For `:!igor`, and for every terminal in the editor: the igor of this plugin comes first.
local bin = root .. "/bin"
if not vim.startswith(vim.env.PATH or "", bin .. ":") then
  vim.env.PATH = bin .. ":" .. (vim.env.PATH or "")
end

local function complete(...)
  return require("igor.completion").complete(...)
end

---@param name string
---@param run fun(given: vim.api.keyset.create_user_command.command_args)
---@param options table
local function command(name, run, options)
  options.nargs = options.nargs or "*"
  if options.nargs ~= 0 then
    options.complete = complete
  end
  vim.api.nvim_create_user_command(name, function(given)
    require("igor.notify").protect(run, given)
  end, options)
end

for _, one in ipairs(load("commands")) do
  command(one.name, function(given)
    require("igor.command").verb(one, given)
  end, { bang = one.bang ~= nil, desc = one.summary })
end

command("Igor", function(given)
  require("igor.command").igor(given)
end, { bang = true, desc = "igor: do what `igor ...` does on the command line" })

command("IgorStop", function(given)
  require("igor.command").stop(given)
end, { desc = "igor: cancel what runs here, or end what runs on the hosts" })

command("IgorLog", function(given)
  require("igor.command").log(given)
end, { bang = true, desc = "igor: show the last action again, or list the actions" })

command("IgorClose", function()
  require("igor.float").hide_all()
end, { nargs = 0, desc = "igor: put the floats away" })

command("IgorTrust", function()
  require("igor.trust").trust()
end, { nargs = 0, desc = "igor: let igor do by itself here what the options ask for" })

command("IgorRepl", function(given)
  require("igor.repl").open(given)
end, { bang = true, range = true, desc = "igor: open the project's REPL, with ! a fresh one, or send it lines" })

command("IgorDebug", function(given)
  require("igor.debug").run(given)
end, { desc = "igor: debug this file in the container, with vimspector or nvim-dap" })

load("maps")

-- iron.nvim, whenever it is loaded, opens the REPL of a project on its host.
if package.loaded["iron.lowlevel"] then
  require("igor.iron").join(package.loaded["iron.lowlevel"])
else
  package.preload["iron.lowlevel"] = function(name)
    return require("igor.iron").load(name)
  end
end

-- Options may ask for what nobody types.
if vim.g.igor then
  require("igor.options").get()
end

-- For rplugin/node/igor, which leaves the commands to an editor that has them. A manifest that was written by another
-- editor may have them still, and is read after this file.
vim.env.IGOR_NVIM = vim.v.servername
if vim.v.vim_did_enter == 0 then
  vim.api.nvim_create_autocmd("VimEnter", {
    once = true,
    callback = function()
      if vim.fn.filereadable(vim.g.loaded_remote_plugins or "") == 1 then
        require("igor.classic").take_back("IgorPush", root)
      end
    end,
  })
end
