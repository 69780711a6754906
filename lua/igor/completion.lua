-- Completion of the commands: verbs, options, host groups, hosts and files.
local M = {}

--- JSON with comments and trailing commas, as the configuration may have them.
---@param text string
---@return string
local function plain_json(text)
  local out, i = {}, 1
  while i <= #text do
    local two = text:sub(i, i + 1)
    if text:sub(i, i) == '"' then
      local stop = i + 1
      while stop <= #text and text:sub(stop, stop) ~= '"' do
        stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
      end
      out[#out + 1] = text:sub(i, stop)
      i = stop + 1
    elseif two == "//" then
      i = text:find("\n", i, true) or #text + 1
    elseif two == "/*" then
      local _, stop = text:find("*/", i + 2, true)
      i = (stop or #text) + 1
    else
      out[#out + 1] = text:sub(i, i)
      i = i + 1
    end
  end
  return (table.concat(out):gsub(",(%s*[%]}])", "%1"))
end

--- The host groups of the project, with the hosts of each; none where its configuration cannot be read.
---@return table<string, { hosts?: { host: string }[] }>
local function groups()
  local root = require("igor.project").root()
  local file = root and io.open(root .. "/.igor/config.json")
  if not file then
    return {}
  end
  local text = file:read("*a")
  file:close()
  local ok, config = pcall(vim.json.decode, plain_json(text), { luanil = { object = true, array = true } })
  local found = ok and type(config) == "table" and config.host_groups
  return type(found) == "table" and not vim.islist(found) and found or {}
end

---@param group string?
---@return string[]
local function hosts(group)
  local names = {}
  for name, one in pairs(groups()) do
    if (group == nil or group == name) and type(one) == "table" then
      for _, host in ipairs(type(one.hosts) == "table" and one.hosts or {}) do
        if type(host) == "table" and type(host.host) == "string" then
          names[host.host] = true
        end
      end
    end
  end
  return vim.tbl_keys(names)
end

---@param kind string|string[]|nil
---@param lead string
---@return string[]
local function values(kind, lead)
  if type(kind) == "table" then
    return kind
  end
  if kind == "file" or kind == "command" or kind == "action-or-file" then
    return vim.fn.getcompletion(lead, "file")
  end
  return {}
end

--- The words of a command line before the one that is being typed; `:IgorPush` and its like stand for their verb.
---@param line string
---@return string[]
local function words_before(line)
  local name, rest = line:match("(%u%w*)!?%s+(.*)$")
  local words = {}
  for _, command in ipairs(require("igor.commands")) do
    if command.name == name then
      words = vim.split(command.verb, " ")
    end
  end
  if name == "IgorStop" or name == "IgorLog" then
    words = { name:sub(5):lower() }
  elseif name == "IgorRepl" then
    words = { "docker", "repl" }
  end
  for word in (rest or ""):gmatch("(%S+)%s") do
    words[#words + 1] = word
  end
  return words
end

---@param lead string
---@param line string
---@param position integer
---@return string[]
function M.complete(lead, line, position)
  local known = require("igor.places")
  local verb, group, flag = "", nil, nil
  local topic = "" -- of `help`: a verb
  local place = known.places[verb]
  local is_verbatim = false
  for _, word in ipairs(words_before(line:sub(1, position))) do
    local longer = verb == "" and word or verb .. " " .. word
    if is_verbatim then
      flag = nil
    elseif flag then
      if vim.tbl_contains(known.group_flags, flag) then
        group = word
      end
      flag = nil
    elseif place.values == "verb" then
      topic = vim.trim(topic .. " " .. word)
    elseif known.places[longer] then
      verb = longer
      place = known.places[verb]
    elseif vim.startswith(word, "-") then
      for _, option in ipairs(place.flags) do
        if option.value and vim.tbl_contains(option.names, word) then
          flag = word
        end
      end
    elseif place.verbatim then
      is_verbatim = true
    end
  end
  local found, before = {}, ""
  if not flag and not is_verbatim and lead:find("^%-[^=]*=") then
    flag, lead = lead:match("^([^=]*)=(.*)$")
    before = flag .. "="
  end
  if flag then
    for _, option in ipairs(place.flags) do
      if vim.tbl_contains(option.names, flag) then
        found = option.value == "host-groups" and vim.tbl_keys(groups())
          or option.value == "hosts" and hosts(group)
          or {}
      end
    end
  elseif vim.startswith(lead, "-") and not is_verbatim then
    for _, option in ipairs(place.flags) do
      vim.list_extend(found, option.names)
    end
  else
    vim.list_extend(found, is_verbatim and {} or place.words)
    if place.values == "verb" then
      vim.list_extend(found, known.places[topic] and known.places[topic].words or {})
    else
      vim.list_extend(found, values(place.values, lead))
    end
  end
  table.sort(found)
  local fitting = vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, found)
  return vim.tbl_map(function(word)
    return before .. word
  end, fitting)
end

return M
