import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { DapClient } from "../support/dap-client.ts";
import { aDebugProject, debugpyDockerfile, nothingRuns } from "../support/debug-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const libraries = temporaryDirectory("igor-libraries-");
const project = aDebugProject(
  {
    Dockerfile: `${debugpyDockerfile}RUN printf 'def norm(x):\\n    y = abs(x)\\n    return y\\n' >/usr/lib/python3/dist-packages/mylib.py
`,
    "calls.py": "import json, mylib\nx = mylib.norm(-3)\ny = json.loads('[1]')\n",
    "listens.py": `import debugpy, time
debugpy.listen(("127.0.0.1", 5678))
debugpy.wait_for_client()
for n in range(10_000):
    m = n * 2
    time.sleep(0.01)
`,
  },
  {
    debug_port: 5678,
    debug: { path_mappings: [{ local: libraries, remote: "/usr/lib/python3/dist-packages" }] },
  },
);
readyContainer(laptop, project);
const at = (path: string) => join(project.root, path);
const calls = at("calls.py");

afterEach(() => nothingRuns(project));

describe("a frame in a file", () => {
  test("that only the container has shows its text, and takes breakpoints", async () => {
    await using client = new DapClient(laptop, project);
    await client.begin({
      arguments: { program: calls, justMyCode: false },
      breakpoints: { [calls]: [3] },
    });
    const { threadId } = await client.stop();
    await client.ask("stepIn", { threadId });
    const { stack } = await client.stop();
    const { source } = stack[0]!;
    expect(stack[0]).toMatchObject({
      name: "loads",
      source: { path: "/usr/lib/python3.11/json/__init__.py" },
    });
    expect(source?.sourceReference).toBeGreaterThan(0);
    const { body } = await client.ask("source", {
      source,
      sourceReference: source?.sourceReference,
    });
    expect((body as { readonly content: string }).content).toContain("def loads(");
    const path = "/usr/lib/python3.11/json/decoder.py";
    await client.ask("setBreakpoints", { source: { path }, breakpoints: [{ line: 337 }] });
    await client.ask("continue", { threadId });
    expect((await client.stop()).stack[0]).toMatchObject({ name: "decode", line: 337 });
    await client.disconnect();
  });

  test("of a mapping is the file here", async () => {
    const here = join(libraries, "mylib.py");
    writeFileSync(here, "");
    await using client = new DapClient(laptop, project);
    await client.begin({
      arguments: { program: calls, justMyCode: false },
      breakpoints: { [here]: [3] },
    });
    const { stack } = await client.stop();
    expect(stack[0]).toMatchObject({
      name: "norm",
      line: 3,
      source: { path: here, sourceReference: 0 },
    });
    await client.disconnect();
  });

  test("of a project behind a symbolic link is called as the editor calls it", async () => {
    const link = join(temporaryDirectory("igor-links-"), "deep", "link");
    mkdirSync(join(link, ".."));
    symlinkSync(project.root, link);
    const program = join(link, "calls.py");
    for (const path of [program, calls]) {
      await using client = new DapClient(laptop, { root: "/" });
      await client.begin({ arguments: { program }, breakpoints: { [path]: [2] } });
      expect((await client.stop()).stack[0]).toMatchObject({ line: 2, source: { path: program } });
      await client.disconnect();
    }
  });
});

test("a program that waits for a debugger is attached to again and again, and outlives that", async () => {
  const program = laptop.start(project, ["docker", "exec", "python3", "listens.py"]);
  const listens = at("listens.py");
  for (const given of [{}, { connect: { host: "127.0.0.1", port: 5678 } }]) {
    // It says nothing when it has come so far as to wait.
    const client = await until("the program to wait", async () => {
      const one = new DapClient(laptop, project);
      const { success } = await one.begin({
        command: "attach",
        arguments: given,
        breakpoints: { [listens]: [6] },
      });
      return success && one;
    });
    await using _ = client;
    const { stack } = await client.stop();
    expect(stack[0]).toMatchObject({ line: 6, source: { path: listens } });
    const { m, n } = await client.locals(stack[0]!);
    expect(Number(m)).toBe(2 * Number(n));
    expect(await client.disconnect({ terminateDebuggee: false })).toMatchObject({ exitCode: 0 });
    expect(program.exitCode).toBeNull();
  }
  program.kill("SIGINT");
});
