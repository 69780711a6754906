import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient } from "../support/dap-client.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";

const laptop = aLaptop();
const project = aProject(
  {
    Dockerfile: `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/debugpy-*.whl /usr/lib/python3/dist-packages
`,
    "train.py": `import sys
def step(n):
    total = n * 2
    return total

print("begins", sys.argv[1:], flush=True)
for n in range(3):
    print(step(n))
`,
  },
  { docker_rebuild_files: [] },
);
readyContainer(laptop, project);
const train = join(project.root, "train.py");

test("a file stops at its breakpoint, shows what is there, and runs to its end", async () => {
  await using client = new DapClient(laptop, project);
  const launched = await client.begin({
    arguments: { program: train, args: ["a b", "$x"] },
    breakpoints: { [train]: [4] },
  });
  expect(launched).toMatchObject({ success: true });
  const { stack, threadId, reason } = await client.stop();
  expect(reason).toBe("breakpoint");
  expect(stack[0]).toMatchObject({ name: "step", line: 4, source: { path: train } });
  expect(await client.locals(stack[0]!)).toMatchObject({ n: "0", total: "0" });
  await client.ask("next", { threadId });
  await client.stop();
  await client.ask("setBreakpoints", { source: { path: train }, breakpoints: [] });
  await client.ask("continue", { threadId });
  await client.event("terminated");
  expect(client.said("stdout")).toBe("begins ['a b', '$x']\n0\n2\n4\n");
  expect(await client.disconnect()).toMatchObject({ exitCode: 0, stderr: "" });
});
