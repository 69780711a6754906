import { describe, expect, test } from "vitest";
import { neovims, openEditor } from "../support/editor.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { sendsFileWithin } from "../support/send-file.ts";

const laptop = aLaptop();

/** Python 3.13 and later have a REPL of their own that edits several lines, indents, and knows pastes. */
const code = `class A:
    def g(self):
        t = '''of
two'''

        return t
print(repr(A().g()))
for i in range(2): print('loop', i)
if A:
    print('one ' + 'block')

print('another ' + 'line')
def wrong():
    return 1 / 0
wrong()
`;

const functions = Array.from(
  { length: 100 },
  (_, index) => `def f${String(index)}():\n    y = ${String(index)}\n\n    return y\n`,
);

const project = aProject(
  {
    "a.py": code,
    "many.py": `${functions.join("")}print('the ' + 'end')\n`,
    Dockerfile: "FROM igor-demo/python:3.13\n",
  },
  { repl_cmd: "python3" },
);

readyContainer(laptop, project);

describe.each(neovims)("Neovim %s", (version) => {
  test("the REPL of Python 3.13 gets a file, its statements one by one, and 400 lines", async () => {
    await using editor = await openEditor({
      version,
      laptop,
      root: project.root,
      file: "a.py",
      size: [100, 60],
    });
    await editor.command("IgorRepl! python3");
    await editor.shows("Python 3.13");
    await editor.command("lua require('igor.send').file()");
    const screen = await editor.shows("ZeroDivisionError");
    for (const text of ["'of\\ntwo'", "loop 1", "one block", "another line"])
      expect(screen).toContain(text);
    await editor.command(
      "lua require('igor.repl').send(0, { 'for k in (7, 8):', '    print(k, k)' })",
    );
    await editor.shows("8 8");
    const ending = "\nthe end\n";
    const tookMs = await sendsFileWithin(editor, "many.py", {
      repl: `igor://repl/${project.name}`,
      ending,
    });
    expect(tookMs).toBeLessThan(300);
  });
});
