import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { DapClient, Family } from "../support/dap-client.ts";
import { aDebugProject, nothingRuns } from "../support/debug-project.ts";
import { containerOf } from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const project = aDebugProject({
  // What torchrun does: a process for every rank, which is told its own and who they are.
  "launch.py": `import os, subprocess, sys
size = int(sys.argv[1])
print("launches", size, flush=True)
ranks = [
    subprocess.Popen(
        [sys.executable, "-u", "-m", "work.train", *sys.argv[2:]],
        env=dict(os.environ, RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(size)),
    )
    for rank in range(size)
]
sys.exit(max(abs(each.wait()) for each in ranks))
`,
  "work/__init__.py": "",
  "work/train.py": `import os, sys, time
rank = int(os.environ["RANK"])
for step in range(3):
    loss = rank * 10 + step
    print("rank", rank, "loss", loss)
while sys.argv[1:] == ["on"]:
    with open("/tmp/beat-%d" % rank, "a") as file:
        file.write("x")
    time.sleep(0.02)
print("rank", rank, "ends")
`,
});
readyContainer(laptop, project);
const launcher = join(project.root, "launch.py");
const train = join(project.root, "work/train.py");
const breakpoints = { [train]: [4] };

afterEach(() => nothingRuns(project));

/** The launcher under the debugger, for three ranks. */
async function launched(igor: object, args: readonly string[] = []): Promise<DapClient> {
  const client = new DapClient(laptop, project);
  await client.begin({ arguments: { program: launcher, args: ["3", ...args], igor }, breakpoints });
  return client;
}

/** How long the file is that a rank adds to while it runs. */
async function beats(rank: number): Promise<number> {
  const words = `docker exec ${containerOf(project)} sh -c 'cat /tmp/beat-${String(rank)} | wc -c'`;
  return Number((await onHost("apollo", words)).stdout);
}

test("every process of a launcher is debugged, where no rank is named", async () => {
  await using client = await launched({});
  await using family = new Family(laptop, client, { breakpoints });
  await until(
    "three ranks to stop",
    () =>
      family.children.filter(({ events }) => events.some(({ event }) => event === "stopped"))
        .length === 3,
  );
  await client.disconnect();
});

test("the rank that is named stops, the others run on, and all end with the launcher", async () => {
  await using client = await launched({ rank: 1 });
  await using family = new Family(laptop, client, { breakpoints });
  const one = await family.stopped();
  const { stack, threadId } = await one.stop();
  expect(await one.locals(stack[0]!)).toMatchObject({ rank: "1", step: "0" });
  await until(
    "the others to end",
    () => /rank 0 ends/.test(client.said()) && /rank 2 ends/.test(client.said()),
  );
  expect(client.said("stdout")).toContain("rank 2 loss 22\n");
  expect(client.said("stdout")).not.toContain("rank 1 loss");
  expect(client.said("console")).toContain("igor: rank 0 runs on, rank 1 is debugged\n");
  expect(client.said("console")).toContain("igor: rank 2 runs on, rank 1 is debugged\n");
  expect(family.children).toHaveLength(1);
  await one.ask("setBreakpoints", { source: { path: train }, breakpoints: [] });
  await one.ask("continue", { threadId });
  await client.event("terminated");
  expect(client.said("stdout")).toContain("rank 1 ends");
  expect(await client.event("exited")).toMatchObject({ body: { exitCode: 0 } });
  await client.disconnect();
});

test("the others stand still while the rank that is named does, and go on with it", async () => {
  await using client = await launched({ rank: "0", others: "wait" }, ["on"]);
  await using family = new Family(laptop, client, { breakpoints: { [train]: [8] } });
  const one = await family.stopped();
  const { threadId } = await one.stop();
  await one.ask("setBreakpoints", { source: { path: train }, breakpoints: [] });
  // One that began later than the stop is not among those that stand still then: step until all are there.
  await until("the others to run", async () => {
    await one.ask("next", { threadId });
    await one.stop();
    return (await beats(1)) > 0 && (await beats(2)) > 0;
  });
  const before = [await beats(1), await beats(2)];
  await one.ask("threads");
  expect([await beats(1), await beats(2)]).toEqual(before);
  await one.ask("continue", { threadId });
  await until(
    "the others to go on",
    async () => (await beats(1)) > before[0]! && (await beats(2)) > before[1]!,
  );
  await client.disconnect();
});

test("a session that ends while the others stand still leaves none of them", async () => {
  await using client = await launched({ rank: 2, others: "wait" }, ["on"]);
  await using family = new Family(laptop, client, { breakpoints: { [train]: [8] } });
  await (await family.stopped()).stop();
  client.child.kill("SIGKILL");
  await client.ended;
});

test("a rank that no process had is told at the end", async () => {
  await using client = await launched({ rank: 7 });
  await client.event("terminated");
  expect(client.said("console")).toContain("igor: no process had rank 7; there were 0, 1, 2\n");
  await client.disconnect();
});

test.each([
  [{ rank: "one" }, "igor.rank"],
  [{ rank: -1 }, "igor.rank"],
  [{ rank: 1, others: "sleep" }, "igor.others"],
])("%j is refused", async (igor, key) => {
  await using client = new DapClient(laptop, project);
  const answer = await client.begin({ arguments: { program: launcher, igor } });
  expect(answer).toMatchObject({ success: false });
  expect(client.said()).toContain(key);
  await client.disconnect();
});
