import { expect, test } from "vitest";
import { nvimDapLua } from "../../src/debug/nvim-dap.ts";

test("what nvim-dap is told", () => {
  expect(nvimDapLua()).toMatchInlineSnapshot(`
    "-- igor for nvim-dap, as \`igor config dap\` prints it. It names no host, container or port: igor finds
    -- the project of the file. Run it behind the configurations of your own, which it leaves alone.
    local dap = require("dap")

    local function root()
      local buffer = vim.api.nvim_buf_get_name(0)
      local found = vim.fs.find(".igor/config.json", { upward = true, path = vim.fs.dirname(buffer) })[1]
      return found and vim.fs.dirname(vim.fs.dirname(found))
    end

    local function relative_file()
      local buffer, from = vim.api.nvim_buf_get_name(0), root()
      return from and buffer:sub(#from + 2) or buffer
    end

    dap.adapters.igor = {
      type = "executable",
      command = "igor",
      args = { "dap" },
      -- An image may have to be built before the first answer.
      options = { initialize_timeout_sec = 300 },
    }

    local configurations = vim.tbl_filter(function(entry)
      return not vim.startswith(entry.name, "igor: ")
    end, dap.configurations.python or {})
    dap.configurations.python = vim.list_extend(configurations, {
      {
        type = "igor",
        name = "igor: current file",
        request = "launch",
        program = "\${file}",
        console = "internalConsole",
      },
      {
        type = "igor",
        name = "igor: current file in a terminal",
        request = "launch",
        program = "\${file}",
        console = "integratedTerminal",
      },
      {
        type = "igor",
        name = "igor: tests of the current file",
        request = "launch",
        module = "pytest",
        args = function()
          return { relative_file() }
        end,
        cwd = root,
        console = "internalConsole",
      },
      {
        type = "igor",
        name = "igor: attach",
        request = "attach",
        cwd = root,
      },
    })
    "
  `);
});
