import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { frameOf } from "../../src/debug/framing.ts";
import { onHost } from "../hosts/bed.ts";
import { DapClient, Family } from "../support/dap-client.ts";
import { aDebugProject, nothingRuns, stoppedAt } from "../support/debug-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const project = aDebugProject({
  "train.py": `import sys
def step(n):
    total = n * 2
    return total

print("begins", sys.argv[1:], flush=True)
for n in range(3):
    print(step(n))
`,
  "pkg/__init__.py": "",
  "pkg/job.py": `import os, sys
print(os.getcwd(), os.environ.get("LEVEL"), sys.argv[1:], __name__)
`,
  "loop.py": `import time
while True:
    time.sleep(0.1)
`,
  "fails.py": `import sys
def deep():
    raise ValueError("no such layer")
if sys.argv[1:] == ["exit"]:
    sys.exit(3)
deep()
`,
  "s p/we$ird 'ü\".py": `x = "found"
print(x)
`,
  "children.py": `import multiprocessing, subprocess, sys
def work(n):
    square = n * n
    return square
if __name__ == "__main__":
    if sys.argv[1] == "popen":
        subprocess.run([sys.executable, "train.py", "child"])
    else:
        context = multiprocessing.get_context(sys.argv[1])
        child = context.Process(target=work, args=(7,))
        child.start()
        child.join()
        print("ended with", child.exitcode)
`,
});
readyContainer(laptop, project);
const at = (path: string) => join(project.root, path);
const train = at("train.py");

afterEach(() => nothingRuns(project));

describe("a program", () => {
  test("stops at its breakpoint, shows what is there, and runs to its end", async () => {
    await using client = await stoppedAt(laptop, project, {
      file: "train.py",
      line: 4,
      arguments: { args: ["a b", "$x"] },
    });
    const { stack, threadId, reason } = await client.stop();
    expect(reason).toBe("breakpoint");
    expect(stack[0]).toMatchObject({ name: "step", line: 4, source: { path: train } });
    expect(await client.locals(stack[0]!)).toMatchObject({ n: "0", total: "0" });
    await client.ask("next", { threadId });
    expect((await client.stop()).stack[0]).toMatchObject({ line: 7, source: { path: train } });
    await client.ask("setBreakpoints", { source: { path: train }, breakpoints: [] });
    await client.ask("continue", { threadId });
    await client.event("terminated");
    expect(client.said("stdout")).toBe("begins ['a b', '$x']\n0\n2\n4\n");
    expect((await client.event("exited")).body).toEqual({ exitCode: 0 });
    expect(await client.disconnect()).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("is what was saved last, not what the container had", async () => {
    await using client = new DapClient(laptop, project);
    project.write({ "saved.py": "print('now')\n" });
    await client.begin({ arguments: { program: at("saved.py") } });
    await client.event("terminated");
    expect(client.said("stdout")).toBe("now\n");
  });

  test("may be a module, with its arguments, variables and directory", async () => {
    await using client = new DapClient(laptop, { root: at("pkg") });
    await client.begin({
      arguments: {
        module: "pkg.job",
        args: ["--name", 'a "b" $c'],
        env: { LEVEL: "3", PYTHONPATH: "/workspace" },
        cwd: at("pkg"),
      },
    });
    await client.event("terminated");
    expect(client.said("stdout")).toBe(`/workspace/pkg 3 ['--name', 'a "b" $c'] __main__\n`);
  });

  test("is found by its path, wherever the editor stands, whatever it is called", async () => {
    const file = "s p/we$ird 'ü\".py";
    await using client = new DapClient(laptop, { root: "/" });
    await client.begin({ arguments: { program: at(file) }, breakpoints: { [at(file)]: [2] } });
    const { stack } = await client.stop();
    expect(stack[0]).toMatchObject({ line: 2, source: { path: at(file) } });
    expect(await client.locals(stack[0]!)).toMatchObject({ x: "'found'" });
    await client.disconnect();
  });

  test("stops at its first line where that is wished", async () => {
    await using client = new DapClient(laptop, project);
    await client.begin({ arguments: { program: train, stopOnEntry: "true" } });
    expect(await client.stop()).toMatchObject({ reason: "entry", stack: [{ line: 1 }] });
    await client.disconnect();
  });

  test("that fails stops where it does, and says with what it ends", async () => {
    await using client = new DapClient(laptop, project);
    await client.begin({ arguments: { program: at("fails.py") } });
    const { reason, stack, threadId } = await client.stop();
    expect([reason, stack[0]?.name, stack[0]?.line]).toEqual(["exception", "deep", 3]);
    expect((await client.ask("exceptionInfo", { threadId })).body).toMatchObject({
      exceptionId: expect.stringContaining("ValueError"),
      description: "no such layer",
    });
    await client.ask("continue", { threadId });
    expect((await client.event("exited")).body).toEqual({ exitCode: 1 });
    expect(client.said("stderr")).toContain("ValueError: no such layer");
  });

  test("outlives what a client should not say", async () => {
    await using client = new DapClient(laptop, project);
    await client.begin({ arguments: { program: at("loop.py") } });
    client.send("variables", { variablesReference: [] });
    const odd = { seq: 1_000_000_500, type: "request", command: "threads" };
    client.child.stdin?.write(frameOf(odd));
    expect(await client.answerTo(odd.seq)).toMatchObject({ success: true });
    expect(await client.ask("restart")).toMatchObject({ success: false });
    expect(await client.ask("threads")).toMatchObject({ success: true });
    await client.disconnect();
  });

  test("has a terminal of its own, and what is typed there", async () => {
    project.write({
      "asks.py":
        "import os\nname = input('name? ')\nprint('hello', name, os.environ['LEVEL'], os.getcwd())\n",
    });
    await using client = new DapClient(laptop, project);
    const began = client.begin({
      arguments: {
        program: at("asks.py"),
        console: "integratedTerminal",
        env: { LEVEL: "4 5" },
        cwd: at("pkg"),
      },
      breakpoints: { [at("asks.py")]: [3] },
    });
    const asked = await until("a wish for a terminal", () => client.asked[0]);
    expect(asked.command).toBe("runInTerminal");
    using terminal = client.runInTerminal(asked, laptop);
    await began;
    await terminal.shows("name?");
    // Command lines can be read by everybody.
    expect((await onHost("apollo", "ps axww -o args")).stdout).not.toContain("4 5");
    terminal.enter("ünal");
    const { stack, threadId } = await client.stop();
    expect(await client.locals(stack[0]!)).toMatchObject({ name: "'ünal'" });
    await client.ask("continue", { threadId });
    await terminal.shows("hello ünal 4 5 /workspace/pkg");
    await client.event("terminated");
    await client.disconnect();
  });

  test.each(["spawn", "fork", "popen"])(
    "that makes a child by %s is debugged with it",
    async (way) => {
      await using client = new DapClient(laptop, project);
      const [file, line] = way === "popen" ? [train, 4] : [at("children.py"), 4];
      await client.begin({
        arguments: { program: at("children.py"), args: [way] },
        breakpoints: { [file]: [line] },
      });
      await using family = new Family(laptop, client, { breakpoints: { [file]: [line] } });
      const child = await family.stopped();
      const { stack, threadId } = await child.stop();
      expect(stack[0]).toMatchObject({ line, source: { path: file } });
      expect(await child.locals(stack[0]!)).toMatchObject(
        way === "popen" ? { total: "0" } : { square: "49" },
      );
      await child.ask("setBreakpoints", { source: { path: file }, breakpoints: [] });
      await child.ask("continue", { threadId });
      await child.event("terminated");
      await child.disconnect();
      await client.event("terminated");
      expect(client.said("stdout")).toContain(way === "popen" ? "['child']" : "ended with 0");
      await client.disconnect();
    },
  );
});
