-- Questions. A key that was meant for the text must not answer one: it waits until nothing is being typed.
local M = {}

---@param question string
---@param answer fun(yes: boolean)
function M.ask(question, answer)
  require("igor.idle").wait(function()
    vim.cmd.redraw()
    vim.ui.select({ "No", "Yes" }, { prompt = question, kind = "igor" }, function(choice)
      answer(choice == "Yes")
    end)
  end)
end

return M
