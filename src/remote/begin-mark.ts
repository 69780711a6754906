/**
 * What igor says in a terminal of Neovim before the first word of a command, so that the editor can tell the command's words
 * from those of igor and of startup files: a control sequence that no terminal acts on. See lua/igor/typing.lua.
 */
export const beginMark = "\x1b]7777;igor begins\x07";

/** What it says there when the command cannot be reached any more; `beginMark` comes again when it can. */
export const lostMark = "\x1b]7777;igor waits\x07";

/** `beginMark`, said by a shell. */
export const beginMarkText = "printf '\\033]7777;igor begins\\007'\n";
