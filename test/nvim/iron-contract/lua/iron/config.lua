-- What the user set up for iron.nvim.
return { repl_definition = {} }
