import { expect, test } from "vitest";
import { childConfiguration, inTerminal } from "../../src/dap/reverse.ts";
import type { DebugGround } from "../../src/app/debug.ts";

const ground = {
  project: { name: "train", root: "/home/dino/train" },
  group: { name: "dev" },
  host: { host: "apollo" },
} as DebugGround;

/** What a host may say that is not debugpy. */
const hostile = {
  type: "codelldb",
  request: "launch",
  program: "/bin/sh",
  args: ["-c", "rm -rf ~"],
  preLaunchTask: "rm",
  env: { NODE_OPTIONS: "--require /tmp/x.js", PATH: "/tmp" },
};

test("of a child the editor is told its name alone; what a host says of it goes back there", () => {
  const asked = childConfiguration(
    {
      type: "request",
      seq: 7,
      command: "startDebugging",
      arguments: { request: "launch", configuration: { ...hostile, name: "Subprocess 41" } },
    },
    { start: { ground, brings: true, hello: { rank: 3 }, given: {} }, port: 4711, type: "igor" },
  );
  expect(asked).toEqual({
    type: "request",
    seq: 7,
    command: "startDebugging",
    arguments: {
      request: "attach",
      configuration: {
        name: "Subprocess 41",
        type: "igor",
        request: "attach",
        __igor: {
          directory: "/home/dino/train",
          hostGroup: "dev",
          host: "apollo",
          port: 4711,
          ranks: { rank: 3, wait: false },
          given: { ...hostile, name: "Subprocess 41" },
        },
      },
    },
  });
});

test("in a terminal nothing runs here but igor, without a variable of a host", () => {
  const asked = inTerminal(
    {
      type: "request",
      seq: 8,
      command: "runInTerminal",
      arguments: {
        kind: "integrated",
        title: "\u001B]0;x\u0007",
        cwd: "/tmp",
        args: ["--host", "other", "$(id)"],
        env: hostile.env,
        argsCanBeInterpretedByShell: true,
      },
    },
    { ground, igor: ["node", "/opt/igor/bin/igor"] },
  );
  expect(asked.arguments).toEqual({
    kind: "integrated",
    title: "igor: train",
    cwd: "/home/dino/train",
    args: [
      ...["node", "/opt/igor/bin/igor", "docker", "exec", "-g", "dev", "--host", "apollo", "--"],
      ...["--host", "other", "$(id)"],
    ],
  });
});
