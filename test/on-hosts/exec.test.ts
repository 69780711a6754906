import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedUp, laptopEnv, onHost } from "../hosts/bed.ts";
import {
  containers,
  processes,
  removeContainers,
  runIgor,
  sessionOf,
  startContainers,
  startIgor,
  token,
  traces,
  until,
} from "../support/run-session.ts";

const env = laptopEnv();

beforeAll(async () => {
  await bedUp(["apollo", "enterprise"]);
  await Promise.all(["apollo", "enterprise"].map(startContainers));
});
afterAll(async () => {
  await Promise.all(["apollo", "enterprise"].map(removeContainers));
});

describe.each(Object.entries(containers))(
  "in a container with the user of kind %s",
  (_, container) => {
    test("words arrive as given", async () => {
      const words = [
        "a  b",
        "",
        "$HOME `id` $(id)",
        "*",
        "it's",
        'say "no"',
        "back\\slash\\n",
        "new\nline",
        "-n",
        "ünïcödé 漢字",
        "tab\there",
        "!history",
        "a=b",
        "#no",
        "~",
        "{a,b}",
        "trailing ",
      ];
      const script = 'for word; do printf "<%s>" "$word"; done';
      const { code, stdout, stderr } = await runIgor(
        { container, words: ["sh", "-c", script, "sh", ...words] },
        env,
      );
      expect(stderr).toBe("");
      expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
      expect(code).toBe(0);
    });

    test("stdin, stdout and stderr pass byte by byte", async () => {
      const bytes = randomBytes(3_000_000);
      const { code, bytes: got } = await runIgor({ container, words: ["cat"] }, env, bytes);
      expect(got.equals(bytes)).toBe(true);
      expect(code).toBe(0);
      const apart = await runIgor(
        { container, words: ["sh", "-c", "echo out; echo err >&2"] },
        env,
      );
      expect(apart).toMatchObject({ code: 0, stdout: "out\n", stderr: "err\n" });
    });

    test("a missing command is 127 and a file that is none is 126, and stdout stays clean", async () => {
      const missing = await runIgor({ container, words: ["no-such-command"] }, env);
      expect(missing).toMatchObject({ code: 127, stdout: "" });
      expect(missing.stderr).toContain("no-such-command: not found");
      const forbidden = await runIgor({ container, words: ["/etc/hostname"] }, env);
      expect(forbidden).toMatchObject({ code: 126, stdout: "" });
      expect(forbidden.stderr).toContain("/etc/hostname: Permission denied");
    });

    test("a command killed by a signal ends as in a shell", async () => {
      expect(await runIgor({ container, words: ["sh", "-c", "kill -9 $$"] }, env)).toMatchObject({
        code: 137,
      });
    });

    test("what a command leaves in the background is ended with it", async () => {
      const mark = token();
      const script = `sleep ${mark} & (setsid sleep ${mark} &) 2>/dev/null; env -i sleep ${mark} & (env -i setsid sleep ${mark} &) 2>/dev/null; echo started`;
      const done = await runIgor(
        { container, words: ["sh", "-c", `${script} >/dev/null 2>&1; echo done`] },
        env,
      );
      expect(done).toMatchObject({ code: 0, stdout: "done\n" });
      await until(
        () => processes(mark, { container }),
        (left) => left.length === 0,
      );
    });

    test("nothing of a session stays on the host", async () => {
      const session = sessionOf({ container, words: ["true"] });
      const igor = await startIgor([session], env);
      expect(await igor.ended).toBe(0);
      await until(
        () => traces(session.inputs["in_session"]!),
        (left) => left.length === 0,
      );
    });
  },
);

test.each([0, 1, 42, 124, 125, 126, 127, 137, 143, 254, 255])(
  "exit code %i passes",
  async (code) => {
    const words = ["sh", "-c", `echo out; echo err >&2; exit ${String(code)}`];
    expect(await runIgor({ words }, env)).toMatchObject({ code, stdout: "out\n", stderr: "err\n" });
  },
);

test("a command starts in the directory it is given", async () => {
  expect(await runIgor({ words: ["pwd"], directory: "/workspace/sub" }, env)).toMatchObject({
    code: 0,
    stdout: "/workspace/sub\n",
  });
});

test("a directory that the container does not have is 125 and is named", async () => {
  const { code, stdout, stderr } = await runIgor(
    { words: ["true"], directory: "/workspace/nowhere" },
    env,
  );
  expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
  expect(stderr).toContain("/workspace/nowhere");
});

test("text is UTF-8 in a container whose image says nothing of it", async () => {
  expect(await runIgor({ words: ["sh", "-c", "echo $LANG"] }, env)).toMatchObject({
    stdout: "C.UTF-8\n",
  });
});

test("Python prints at once, unless the image or the command say otherwise", async () => {
  const script = "echo [$PYTHONUNBUFFERED]";
  const sh = { words: ["sh", "-c", script] };
  expect(await runIgor(sh, env)).toMatchObject({ stdout: "[1]\n" });
  const words = ["env", "PYTHONUNBUFFERED=", "sh", "-c", script];
  expect(await runIgor({ words }, env)).toMatchObject({ stdout: "[]\n" });
});

test("a missing container is 125 and named, without the engine's own words on the streams", async () => {
  const { code, stdout, stderr } = await runIgor(
    { container: "no-such-container", words: ["true"] },
    env,
  );
  expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({
    reason: "no-container",
    state: "missing",
    container: "no-such-container",
    host: "apollo",
  });
});

test.each([
  ["paused", "pause", "unpause"],
  ["stopped", "stop -t 0", "start"],
])("a %s container is 125 and named so", async (state, before, after) => {
  await onHost("apollo", `docker ${before} ${containers.other}`);
  try {
    const { code, stdout, stderr } = await runIgor(
      { container: containers.other, words: ["true"] },
      env,
    );
    expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ reason: "no-container", state });
  } finally {
    await onHost("apollo", `docker ${after} ${containers.other}`);
  }
});

test("a host without the engine is 125 and says so", async () => {
  await onHost(
    "apollo",
    "mv /usr/local/bin/docker /usr/local/bin/docker.away 2>/dev/null || mv /usr/bin/docker /usr/bin/docker.away",
  );
  try {
    const { code, stdout, stderr } = await runIgor({ words: ["true"] }, env);
    expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ reason: "engine-unavailable", cause: "missing" });
  } finally {
    await onHost(
      "apollo",
      "mv /usr/local/bin/docker.away /usr/local/bin/docker 2>/dev/null || mv /usr/bin/docker.away /usr/bin/docker",
    );
  }
});

test("a user without rights on the engine's socket is 125 and told so", async () => {
  await onHost("apollo", "chmod 600 /var/run/docker.sock");
  try {
    const { stderr, code } = await runIgor({ words: ["true"] }, env);
    expect(code).toBe(125);
    expect(JSON.parse(stderr)).toMatchObject({ reason: "engine-unavailable", cause: "no-rights" });
  } finally {
    await onHost("apollo", "chmod 660 /var/run/docker.sock");
  }
});

test("words that are too long to travel are refused before anything runs", async () => {
  const { code, stderr } = await runIgor({ words: ["echo", "x".repeat(100_000)] }, env);
  expect(code).toBe(125);
  expect(stderr).toContain("too long");
  const long = "x".repeat(80_000);
  expect(await runIgor({ words: ["echo", long] }, env)).toMatchObject({
    code: 0,
    stdout: `${long}\n`,
  });
});

test("several hosts give their lines, unfinished and binary ones too, and one dead host does not hold the others", async () => {
  const words = ["sh", "-c", 'printf "one\\ntwo\\377three"; cat; echo err >&2'];
  const sessions = ["apollo", "enterprise", "10.99.0.0"].map((host) => sessionOf({ host, words }));
  const igor = await startIgor(sessions, env, { streams: "lines", keepsStdinOpen: true });
  expect(await igor.ended).toBe(125);
  const lines = igor
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { host: string; stream: string; line: string });
  for (const host of ["apollo", "enterprise"]) {
    expect(
      lines
        .filter((line) => line.host === host && line.stream === "stdout")
        .map(({ line }) => line),
    ).toEqual(["one", "two\\xffthree"]);
    expect(
      lines
        .filter((line) => line.host === host && line.stream === "stderr")
        .map(({ line }) => line),
    ).toEqual(["err"]);
  }
  expect(igor.stderr()).toContain("10.99.0.0");
});
