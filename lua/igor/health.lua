-- `:checkhealth igor`: the way from this editor into the container, from the near end to the far one.
local M = {}

--- Milliseconds for which `igor doctor` may look at hosts; it has limits of its own for each thing.
M.longest = 60000
--- The same for a program of this machine.
local longest_here = 10000

---@param argv string[]
---@param options? table as for `vim.system`
---@param timeout? integer
---@return vim.SystemCompleted? ended none where the program cannot be started
local function run(argv, options, timeout)
  local ok, process = pcall(vim.system, argv, vim.tbl_extend("keep", options or {}, { text = true }))
  return ok and process:wait(timeout or longest_here) or nil
end

---@param path string
---@return string
local function real(path)
  return vim.uv.fs_realpath(path) or path
end

---@param file string
---@return table
local function json_of(file)
  local ok, read = pcall(vim.fn.readfile, file)
  local decoded, value = pcall(vim.json.decode, ok and table.concat(read, "\n") or "")
  return decoded and type(value) == "table" and value or {}
end

local function check_copies(root)
  local seen = {}
  for _, file in ipairs(vim.api.nvim_get_runtime_file("lua/igor/init.lua", true)) do
    seen[real(vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(file))))] = true
  end
  local copies = vim.tbl_keys(seen)
  table.sort(copies)
  if #copies > 1 then
    vim.health.warn("there are two igors on 'runtimepath': " .. table.concat(copies, ", "), {
      ("%s is the one that runs; remove the others from your plugins"):format(root),
    })
  end
end

--- The classic node host knows what `:UpdateRemotePlugins` found, even if that has gone or moved.
local function check_manifest(root)
  local manifest = vim.env.NVIM_RPLUGIN_MANIFEST or (vim.fn.stdpath("data") .. "/rplugin.vim")
  local ok, lines = pcall(vim.fn.readfile, manifest)
  local registered = ok and table.concat(lines, "\n"):match("'node', '([^']*)/rplugin/node/igor[^']*'")
  if not registered then
    return
  end
  if real(registered) == real(root) then
    vim.health.ok("the classic node host knows this igor too")
  else
    vim.health.warn("the classic node host knows another igor: " .. registered, {
      "`:UpdateRemotePlugins` notes what there is now",
    })
  end
end

local function check_editor(root)
  vim.health.start("igor in this editor")
  vim.health.ok("Neovim " .. tostring(vim.version()))
  vim.health.info("igor is in " .. vim.fn.fnamemodify(root, ":~"))
  if vim.g.loaded_igor == nil then
    vim.health.error("the commands of igor are not defined", {
      "igor's directory has to be on 'runtimepath' when Neovim starts, or loaded with `:packadd`",
    })
  end
  check_copies(root)
  check_manifest(root)
  local mistakes = require("igor.options").mistakes
  for _, mistake in ipairs(mistakes) do
    vim.health.error(mistake, { "see :help igor-options" })
  end
  if #mistakes == 0 then
    vim.health.ok("the options have no mistakes")
  end
end

---@param node string
---@return boolean
local function check_node(node)
  local install = "install Node 20.19 or newer, or set the option `node` to one: see :help igor-option-node"
  local ended = run({ node, "--version" })
  if not ended then
    vim.health.error(("there is no `%s` here, and igor runs on Node"):format(node), { install })
    return false
  end
  local version = vim.trim(ended.stdout or "")
  local major, minor = version:match("^v(%d+)%.(%d+)%.")
  if not major then
    vim.health.error(("`%s --version` does not answer as Node does"):format(node), { install })
    return false
  end
  local path = vim.fn.fnamemodify(vim.fn.exepath(node), ":~")
  if vim.version.lt({ tonumber(major), tonumber(minor), 0 }, { 20, 19, 0 }) then
    vim.health.error(("Node %s (%s) is too old for igor"):format(version:sub(2), path), { install })
    return false
  end
  vim.health.ok(("Node %s (%s)"):format(version:sub(2), path))
  return true
end

--- Whether what was built is of other sources than those that are there.
---@return boolean
local function is_stale()
  local ended = run(vim.list_extend(require("igor.program").peer(), { "is-stale" }))
  return ended ~= nil and vim.trim(ended.stdout or "") == "true"
end

---@param root string
---@param can_run boolean whether there is a Node that runs it
---@return boolean
local function check_bundle(root, can_run)
  local build = ("cd %s && npm ci --omit=dev"):format(vim.fn.shellescape(root))
  for _, name in ipairs({ "nvim.cjs", "cli.cjs" }) do
    if vim.fn.filereadable(root .. "/dist/" .. name) == 0 then
      vim.health.error(("igor is not built: there is no dist/%s"):format(name), { build })
      return false
    end
  end
  if not can_run then
    return false
  end
  local ended = run(require("igor.program").cli({ "--version" }))
  local built = ended and vim.trim(ended.stdout or ""):match("^igor (%S+)$")
  local version = json_of(root .. "/package.json").version
  if not built then
    vim.health.error("what was built of igor does not run: " .. vim.trim(ended and ended.stderr or ""), { build })
    return false
  end
  if built ~= version then
    vim.health.warn(("igor is %s, and what was built is %s"):format(version, built), { build })
  elseif is_stale() then
    vim.health.warn("igor has changed since it was built", { build })
  else
    vim.health.ok("igor " .. built .. " is built")
  end
  return true
end

--- Which igor `:!igor` runs.
---@param root string
local function check_path(root)
  local argv = vim.list_extend({ vim.o.shell }, vim.split(vim.o.shellcmdflag, "%s+", { trimempty = true }))
  local ended = run(vim.list_extend(argv, { "command -v igor" }))
  local found = ended and vim.trim(ended.stdout or "") or ""
  local advice = ("put %s/bin first in the PATH that your shell sets"):format(root)
  if found == "" then
    vim.health.warn("`:!igor` finds no igor", { advice })
  elseif real(found) == real(root .. "/bin/igor") then
    vim.health.ok("`:!igor` runs the igor of this plugin")
  else
    vim.health.warn(("`:!igor` runs another igor: %s"):format(found), { advice })
  end
end

--- What igor itself says more of, when it can be asked.
local function check_tools()
  for _, tool in ipairs({ "ssh", "rsync", "git" }) do
    if vim.fn.executable(tool) == 1 then
      vim.health.ok(tool)
    else
      vim.health.error(tool .. " is not installed", { "install it with your package manager" })
    end
  end
end

local function check_iron()
  local iron = package.loaded["iron.lowlevel"]
  if #vim.api.nvim_get_runtime_file("lua/iron/core.lua", false) == 0 then
    vim.health.info("iron.nvim is not here; igor does not need it")
  elseif not require("igor.options").get().iron then
    vim.health.info("iron.nvim is here, and the option `iron` leaves it as it is")
  elseif iron and iron.igor_joined or not iron and package.preload["iron.lowlevel"] then
    vim.health.ok("iron.nvim is here, and opens a project's REPL in its container")
  else
    vim.health.warn("iron.nvim is here, and opens its own REPL in projects too", {
      "another plugin may change iron.nvim; `:IgorRepl` opens the project's REPL without it",
    })
  end
end

--- The project that the user was in when the report was asked for: the report is a buffer of its own.
---@return string? root
local function asked_root()
  local buffer = vim.api.nvim_get_current_buf()
  local before = vim.fn.bufnr("#")
  if vim.bo[buffer].filetype == "checkhealth" and before > 0 then
    buffer = before
  end
  return require("igor.project").root(buffer)
end

---@param root string
---@return table<string, string[]> groups the hosts of each; none where the configuration has mistakes
local function groups_of(root)
  local ended = run(require("igor.program").cli({ "config", "show", "--json" }), { cwd = root })
  local ok, shown = pcall(vim.json.decode, ended and ended.stdout or "", { luanil = { object = true } })
  local groups = {}
  for _, setting in ipairs(ok and shown.settings or {}) do
    local group = setting.key:match("^host_groups%.?(.-)%.hosts%[%d+%]%.host$")
    if group then
      group = group:match('^%["(.*)"%]$') or group
      groups[group] = vim.list_extend(groups[group] or {}, { setting.value })
    end
  end
  return groups
end

--- The group that is looked at: dev, or the first where there is no dev.
---@param root string
---@return string? group
---@return string[] hosts
local function tell_project(root)
  vim.health.start("the project")
  vim.health.info("it is " .. vim.fn.fnamemodify(root, ":~"))
  local groups = groups_of(root)
  local names = vim.tbl_keys(groups)
  table.sort(names)
  for _, name in ipairs(names) do
    vim.health.info(("host group %s: %s"):format(name, table.concat(groups[name], ", ")))
  end
  if require("igor.trust").is_trusted(root) then
    vim.health.info("the project is trusted, see :help igor-trust")
  end
  local group = groups.dev and "dev" or names[1]
  return group, groups[group] or {}
end

local reports = { ok = "ok", warn = "warn", fail = "error" }

--- One thing that doctor looked at.
---@param check { name: string, verdict: string, found: string, details?: string[], fix?: string }
local function tell_check(check)
  local lines = { check.name .. ": " .. check.found }
  for _, detail in ipairs(check.details or {}) do
    lines[#lines + 1] = "| " .. detail
  end
  local text = table.concat(lines, "\n")
  if check.verdict == "not-checked" then
    vim.health.info(check.fix and text .. "\n→ " .. check.fix or text)
  else
    vim.health[reports[check.verdict]](text, check.fix and { check.fix } or nil)
  end
end

--- What the editor itself has told, or what concerns terminals only.
local told_already = { node = true, terminal = true }

---@param lines string[] as `igor doctor --json` prints them
---@return table<string, boolean> hosts of which something was told
local function tell_checks(lines)
  local hosts, heading, unchecked = {}, nil, {}
  local function flush()
    if #unchecked > 0 then
      vim.health.info("not checked: " .. table.concat(unchecked, ", "))
      unchecked = {}
    end
  end
  for _, line in ipairs(lines) do
    local ok, check = pcall(vim.json.decode, line)
    if ok and check.type == "check" and not (check.host == nil and told_already[check.name]) then
      local place = check.host and ("%s: %s"):format(check.host, check.area) or "this machine"
      if place ~= heading then
        flush()
        heading = place
        vim.health.start(place)
      end
      hosts[check.host or ""] = true
      if check.verdict == "not-checked" and check.found == "not checked" then
        unchecked[#unchecked + 1] = check.name
      else
        tell_check(check)
      end
    end
  end
  flush()
  return hosts
end

--- The float's id, which no action has.
local looking = 0

--- Nothing else is drawn while it looks.
---@param hosts string[]
local function show_looking(hosts)
  local text = "igor looks at " .. (#hosts > 0 and table.concat(hosts, ", ") or "this machine")
  require("igor.float").draw({ id = looking, title = "doctor", log = {}, status = { text }, marks = {}, grows = false })
  vim.api.nvim_echo({ { text .. " ..." } }, false, {})
  vim.cmd.redraw()
end

---@param root string?
local function check_way(root)
  local group, hosts
  if root then
    group, hosts = tell_project(root)
  end
  local words = vim.list_extend({ "doctor", "--json" }, group and { "-g", group } or {})
  show_looking(hosts or {})
  local said = {}
  local ended = run(require("igor.program").cli(words), {
    cwd = root,
    stdout = function(_, data)
      said[#said + 1] = data
    end,
  }, M.longest)
  require("igor.float").drop(looking)
  local told = tell_checks(vim.split(table.concat(said), "\n", { trimempty = true }))
  local silent = vim.tbl_filter(function(host)
    return not told[host]
  end, hosts or {})
  if ended and ended.code == 124 and #silent > 0 then
    vim.health.start("what was not looked at")
    vim.health.error(
      ("nothing was heard of %s for %d s"):format(table.concat(silent, ", "), M.longest / 1000),
      { "`igor doctor` in a terminal goes on for as long as it takes" }
    )
  elseif not ended or (ended.code > 1 and #said == 0) then
    vim.health.error("igor doctor did not run", { vim.trim(ended and ended.stderr or "") })
  end
end

function M.check()
  if vim.fn.has("nvim-0.10.4") == 0 then
    local old = vim.health or require("health")
    local fail = old.error or old.report_error
    fail("igor needs Neovim 0.10.4 or newer")
    return
  end
  local root = require("igor.program").root
  local asked = asked_root()
  check_editor(root)
  check_iron()
  vim.health.start("igor's program")
  local has_node = check_node(require("igor.options").get().node)
  local is_built = check_bundle(root, has_node)
  if has_node and is_built then
    check_path(root)
    check_way(asked)
  else
    check_tools()
    vim.health.info("no host was looked at, as igor does not run")
  end
end

return M
