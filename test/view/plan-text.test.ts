import { expect, test } from "vitest";
import type { Plan } from "../../src/model/plan.ts";
import type { Host } from "../../src/model/project.ts";
import { planJson, planText } from "../../src/view/plan-text.ts";

const host = (name: string): Host => ({
  host: name,
  dir: "/home/dino/data2",
  tag: undefined,
  user: undefined,
  port: undefined,
  ip: undefined,
});

const files = Array.from({ length: 13 }, (_, index) => `src/file ${index}.py`);
const replaced = files.map((path) => ({ kind: "replace" as const, path, expected: [] }));

const setup: Plan = {
  version: 1,
  title: "docker setup",
  lanes: [
    {
      host: host("apollo"),
      steps: [
        {
          kind: "frame",
          title: "push and set up",
          program: "setup",
          inputs: {
            in_accept: "4f2a 91bc",
            in_dir: "/home/dino/data2/train",
            in_adopt: "",
            in_build_args: "CUDA=12\nTOKEN=hush",
            in_env: "HF_TOKEN=hush\nMODE=fast",
            in_run: "--init\n--env\nHF_TOKEN=hush hush\n--gpus\nall\n--shm-size=8g",
            in_line:
              "--env HF_TOKEN=hush '--env=B=hush hush' --env 'C=hu'\\''sh' -e D=\"hush hush\" --init",
            in_registry_password: "hush",
          },
          payload: {
            changes: [...replaced, { kind: "delete", path: "old.py", expected: [] }],
            send: files,
          },
          confirms: "a001",
        },
        { kind: "follow", title: "build image" },
      ],
    },
    {
      host: host("enterprise"),
      steps: [
        {
          kind: "transfer",
          title: "transfer",
          tool: "rsync",
          files: ["a\nb", "c\u001b[31m"],
          into: "/home/dino/data2/train/.igor/host/stage/a001/f",
          compareWith: { tree: "/home/dino/data2/train", by: "size-and-time" },
        },
        { kind: "frame", title: "push", program: "push", inputs: { in_accept: "-" } },
      ],
    },
    {
      host: host("gpu3"),
      steps: [{ kind: "frame", title: "prepare", program: "push", inputs: { in_accept: "" } }],
    },
  ],
  handoff: {
    kind: "exec",
    sessions: [
      {
        host: host("apollo"),
        container: "dino-train-dev",
        words: ["python", "-c", "print('a b')", ""],
        inputs: { in_env: "SECRET=hush" },
        tty: true,
      },
    ],
  },
};

test("a plan can be read", () => {
  expect(planText(setup, "short").join("\n")).toMatchSnapshot();
});

test("a plan names every file when asked", () => {
  const text = planText(setup, "full").join("\n");
  for (const file of files) expect(text).toContain(file);
});

test("a plan shows no value of the environment", () => {
  for (const detail of ["short", "full"] as const) {
    expect(planText(setup, detail).join("\n")).not.toMatch(/hu'?sh|fast/);
  }
});

test("a plan shows no control characters", () => {
  expect(planText(setup, "full").join("")).not.toMatch(/[\u0000-\u001f]/);
});

test("as JSON it is the same plan without values of the environment and without secrets", () => {
  const json = planJson(setup);
  expect(json).not.toContain("hush");
  expect(json.trimEnd()).not.toContain("\n");
  const { lanes } = JSON.parse(json) as Plan;
  expect(lanes[0]?.steps[0]).toMatchObject({
    program: "setup",
    inputs: { in_env: "HF_TOKEN=…\nMODE=…", in_dir: "/home/dino/data2/train", in_adopt: "" },
    payload: { send: files },
  });
  expect(lanes[1]).toEqual(setup.lanes[1]);
});

test("a plan that ends in sessions names their hosts", () => {
  const handoff = {
    kind: "exec" as const,
    sessions: ["apollo", "enterprise"].map((name) => ({
      host: host(name),
      container: "c",
      words: ["ls"],
      inputs: {},
      tty: false,
    })),
  };
  expect(planText({ version: 1, title: "docker exec", lanes: [], handoff }, "short")[0]).toBe(
    "docker exec on apollo, enterprise; nothing was touched",
  );
});
