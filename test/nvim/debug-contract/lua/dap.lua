-- What igor relies on of nvim-dap: an adapter in `adapters`, and `run()` with a configuration.
local M = { adapters = {}, configurations = {} }

function M.run(configuration)
  M.ran = configuration
end

return M
