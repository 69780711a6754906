import { expect, test } from "vitest";
import type { Session } from "../../src/model/plan.ts";
import { commandFor, longestCommand, plainLogin } from "../../src/remote/boot.ts";
import { execText, guardInputs, readOutcome, sessionInputs } from "../../src/remote/exec.ts";
import { replWords } from "../../src/request/words.ts";

const place = {
  id: "0a1b",
  root: "~/work/train",
  engine: "docker",
  container: "dino-train-dev",
  home: "/home/dino",
  workspace: "/workspace",
  directory: "/workspace",
} as const;

const session = (words: readonly string[]): Session => ({
  host: {
    host: "apollo",
    dir: "~/work",
    tag: undefined,
    user: undefined,
    port: undefined,
    ip: undefined,
  },
  container: place.container,
  words,
  tty: false,
  inputs: sessionInputs(place),
});

test("a session survives being written down", () => {
  const written = session(["python3", "train.py"]);
  expect(JSON.parse(JSON.stringify(written.inputs))).toEqual(written.inputs);
});

test("a terminal that closes says HUP, a pipe TERM", () => {
  expect(sessionInputs(place)).toMatchObject({ in_tty: "", in_signal: "TERM" });
  expect(sessionInputs(place, { term: "tmux-256color", colorTerm: undefined })).toMatchObject({
    in_tty: "1",
    in_signal: "HUP",
    in_term: "tmux-256color",
    in_colorterm: "",
  });
});

test("a guard that ends a session at once has the signal it begins with", () => {
  expect(guardInputs(session([]))["in_first"]).toBe("");
  expect(guardInputs(session([]), "INT")["in_first"]).toBe("INT");
});

test("a command is one line of printable ASCII for any login shell", () => {
  const text = execText(session(["echo", "it's", "a\nb", "é!"]));
  expect(text.ok && commandFor(plainLogin, text.value)).toMatch(/^exec \/bin\/sh -c [ -~]+$/);
});

test("a command with nothing in it leaves most of what may travel to the user", () => {
  const text = execText(session(["true"]));
  expect(text.ok && text.value.length).toBeLessThan(longestCommand / 5);
});

test("a command that sshd would drop the connection for is refused", () => {
  expect(execText(session(["x".repeat(longestCommand)]))).toMatchObject({
    ok: false,
    failure: { host: "apollo" },
  });
});

test("a command line is read by the container's sh", () => {
  expect(replWords("cd src && ipython")).toEqual([
    "/bin/sh",
    "-c",
    "trap : INT\ncd src && ipython",
  ]);
});

test.each([
  ["rc 125\n", { kind: "ended", exitCode: 125, outOfMemory: false }],
  ["rc 137 oom\n", { kind: "ended", exitCode: 137, outOfMemory: true }],
  ["unknown\n", { kind: "unknown" }],
  ["running\n", { kind: "running" }],
  [
    "no-container missing\nError: No such container: x\n",
    {
      kind: "not-started",
      failure: {
        reason: "no-container",
        state: "missing",
        lastWords: ["Error: No such container: x"],
      },
    },
  ],
  [
    "no-container stopped\n",
    {
      kind: "not-started",
      failure: { reason: "no-container", state: "stopped", container: "dino-train-dev" },
    },
  ],
  [
    "no-container paused\n",
    { kind: "not-started", failure: { reason: "no-container", state: "paused" } },
  ],
  [
    "engine-unavailable no-rights\npermission denied\n",
    {
      kind: "not-started",
      failure: { reason: "engine-unavailable", cause: "no-rights", engine: "docker" },
    },
  ],
  [
    "no-directory\n",
    {
      kind: "not-started",
      failure: { reason: "no-directory", directory: "/workspace" },
    },
  ],
  [
    "not-started 126\nOCI runtime exec failed\n",
    {
      kind: "not-started",
      failure: { reason: "step-failed", exitCode: 126, lastWords: ["OCI runtime exec failed"] },
    },
  ],
])("the answer %j is understood", (answer, outcome) => {
  expect(readOutcome(answer, session(["true"]))).toMatchObject(outcome);
});
