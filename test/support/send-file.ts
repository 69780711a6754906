import type { Editor } from "./editor.ts";

/**
 * How many milliseconds the buffer takes to the REPL and through it, as text of the REPL that comes once each time: the
 * best of three. `ending` is a pattern of Lua.
 */
export async function sendsFileWithin(
  editor: Editor,
  file: string,
  { repl, ending }: { readonly repl: string; readonly ending: string },
): Promise<number> {
  const tookMs = await editor.lua(
    `
    local file, repl_name, ending = ...
    vim.cmd.edit(file)
    local repl, best = vim.fn.bufnr(repl_name), math.huge
    for round = 1, 3 do
      local begun = vim.uv.hrtime()
      require("igor.send").file()
      vim.wait(5000, function()
        local text = table.concat(vim.api.nvim_buf_get_lines(repl, 0, -1, false), "\\n")
        return select(2, text:gsub(ending, "")) == round
      end, 5)
      best = math.min(best, (vim.uv.hrtime() - begun) / 1e6)
    end
    return best`,
    file,
    repl,
    ending,
  );
  return Number(tookMs);
}
