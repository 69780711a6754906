-- igor's own highlight groups, each linked to one that every colourscheme has.
local M = {}

---@type table<string, string>
M.links = {
  IgorDim = "Comment", -- what matters less: times, ids, what was not checked
  IgorStrong = "Title", -- headings
  IgorGood = "DiagnosticOk", -- what went well
  IgorBad = "DiagnosticError", -- what failed
  IgorWarning = "DiagnosticWarn", -- warnings
  IgorRunning = "DiagnosticInfo", -- what goes on
  IgorHost1 = "Function", -- the first host, where there are several
  IgorHost2 = "Constant", -- the second host
  IgorHost3 = "Type", -- the third host
  IgorHost4 = "Identifier", -- the fourth host
  IgorHost5 = "Special", -- the fifth host
  IgorHost6 = "PreProc", -- the sixth host; then they begin anew
  IgorFloat = "NormalFloat", -- the text of a float
  IgorBorder = "FloatBorder", -- the border of a float
  IgorTitle = "FloatTitle", -- the title of a float
}

-- What a colourscheme clears comes back by itself (`default`); what the user defined stays.
for group, link in pairs(M.links) do
  vim.api.nvim_set_hl(0, group, { link = link, default = true })
end

return M
