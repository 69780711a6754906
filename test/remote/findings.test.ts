import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { readFindings } from "../../src/remote/findings.ts";

const containerId = "9f".repeat(32);
const now = Date.UTC(2026, 10, 22, 10, 0, 0) / 1000;
const labels = (group: string) =>
  `igor.config.keys=ports=1 env=2,igor.group=${group},igor.owner=dino,igor.project=toy`;

/** The answer of the program `ps`, line by line. */
const answer = (...lines: (readonly (string | number)[])[]): string =>
  [
    [
      "asked",
      "dev",
      "dino-toy-dev",
      "dev=dino-toy-dev cluster=dino-toy-cluster",
      "dino-toy:igor",
      now,
      1000,
      "dino",
    ],
    ...lines,
  ]
    .map((fields) => ["found", ...fields].join("\t"))
    .join("\n");

const container = (name: string, status: string, group = "dev", image = "dino-toy:igor") =>
  [
    "engine-container",
    name,
    status,
    image,
    "127.0.0.1:5556->5556/tcp, 127.0.0.1:6006->6006/tcp",
    containerId,
    labels(group),
  ] as const;
const up = container("dino-toy-dev", "Up 3 hours");

const read = <K extends Finding["kind"]>(kind: K, ...lines: (readonly (string | number)[])[]) =>
  readFindings(answer(...lines)).filter(
    (finding): finding is Extract<Finding, { kind: K }> => finding.kind === kind,
  );

describe("a container", () => {
  test.each([
    ["Up 3 hours", "running", "3 hours"],
    ["Up About an hour (healthy)", "running", "an hour"],
    ["Up 2 minutes (Paused)", "paused", "2 minutes"],
    ["Exited (137) 5 days ago", "stopped", "5 days"],
    ["Exited (0) About a minute ago", "stopped", "a minute"],
    ["Up Less than a second", "running", "Less than a second"],
  ])("that is `%s`", (status, state, since) => {
    expect(read("container", container("dino-toy-dev", status))).toEqual([
      {
        kind: "container",
        name: "dino-toy-dev",
        group: "dev",
        state,
        since,
        image: "dino-toy:igor",
        ports: ["127.0.0.1:5556->5556/tcp", "127.0.0.1:6006->6006/tcp"],
      },
    ]);
  });

  test("that is missing is found missing", () => {
    expect(read("container")).toEqual([
      { kind: "container", name: "dino-toy-dev", group: "dev", state: "missing", ports: [] },
    ]);
  });

  test("that was asked for comes first, beside those of other groups", () => {
    const found = read("container", container("dino-toy-cluster", "Up 1 second", "cluster"), up);
    expect(found.map(({ name }) => name)).toEqual(["dino-toy-dev", "dino-toy-cluster"]);
  });

  test("that a user runs from an image of igor's is nobody's business", () => {
    expect(readFindings(answer(up, container("own", "Up 3 hours")))).toHaveLength(1);
    expect(readFindings(answer(up, container("own", "Up 3 hours", "gone")))).toHaveLength(1);
  });

  test("has its group in podman's labels, too", () => {
    const [, ...rest] = container("dino-toy-dev", "Up 2 hours");
    const podman = ["engine-container", ...rest.slice(0, 5), "map[igor.group:dev igor.owner:dino]"];
    expect(read("container", podman)).toMatchObject([{ group: "dev", state: "running" }]);
  });

  test.each([
    ["dino-toy-dev.previous", "Exited (0) 2 hours ago", "dev", "replaced"],
    ["dino-toy-cluster", "Created", "cluster", "never-started"],
    ["dino-toy-cluster", "Dead", "cluster", "dead"],
    ["dino-toy-old", "Up 3 weeks", "old", "other-group"],
  ])("is a leftover: %s, %s", (name, status, group, because) => {
    expect(read("leftover", up, container(name, status, group))).toEqual([
      { kind: "leftover", what: "container", name, because, group },
    ]);
  });
});

describe("an image", () => {
  const image = (name: string, id: string, size = "1.99MB") =>
    ["engine-image", name, id, size, "2026-11-22 10:59:00 +0100 CET"] as const;

  test("has its size and age, whatever the time zone of the host", () => {
    expect(read("image", image("dino-toy:igor", "49e875da5e12"))).toEqual([
      {
        kind: "image",
        name: "dino-toy:igor",
        id: "49e875da5e12",
        bytes: 1_990_000,
        ageMs: 60_000,
      },
    ]);
  });

  test.each([
    ["0B", 0],
    ["873kB", 873_000],
    ["1.2GB", 1_200_000_000],
    ["124 MB", 124_000_000],
  ])("of %s", (size, bytes) => {
    expect(read("image", image("dino-toy:igor", "49e8", size))).toMatchObject([{ bytes }]);
  });

  test("of podman is ours, and what a user made of it is not", () => {
    const found = read("image", image("localhost/dino-toy:igor", "49e8"), image("own:1", "77aa"));
    expect(found.map(({ name }) => name)).toEqual(["localhost/dino-toy:igor"]);
  });

  test("that lost its name to a newer build is a leftover, unless a container runs it or it is the user's", () => {
    const older = (id: string) => ["older-image", `sha256:${id}${"0".repeat(52)}`];
    const found = read(
      "leftover",
      container("dino-toy-dev", "Up 3 hours", "dev", "aaaaaaaaaaaa"),
      ...["aaaaaaaaaaaa", "bbbbbbbbbbbb"].map(older),
      ...["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"].map((id) => image("<none>:<none>", id)),
    );
    expect(found).toEqual([
      { kind: "leftover", what: "image", name: "bbbbbbbbbbbb", because: "nameless" },
    ]);
  });
});

describe("a process", () => {
  const session = (id: string, state = "running", age = 60) =>
    ["session", id, "exec", "kim%40falcon", state, age, "TERM"] as const;
  const process = (
    pid: number,
    { parent = 0, terminal = pid, id = "-", mark = "-", command = "python train.py" } = {},
  ) => ["process", pid, parent, terminal, 1000, 60, 2048, id, mark, command] as const;
  const sessionsOf = (...lines: (readonly (string | number)[])[]) =>
    Object.fromEntries(read("process", up, ...lines).map((one) => [one.pid, one.session]));

  test("has a user's name, its age and memory", () => {
    expect(read("process", up, process(31, { command: "python -c 'a\u001b[2Jb' " }))).toEqual([
      {
        kind: "process",
        pid: 31,
        user: "dino",
        ageMs: 60_000,
        memoryBytes: 2_097_152,
        command: "python -c 'a\u001b[2Jb'",
      },
    ]);
  });

  test("is of the session whose mark it has, or whose id, whatever became of its parent", () => {
    const leader = ["leader", "aa11", 31, "777000031"];
    expect(
      sessionsOf(
        session("aa11"),
        session("bb22"),
        leader,
        process(31, { mark: "777000031" }),
        process(40, { mark: "777000031", parent: 1 }),
        process(41, { id: "bb22", parent: 1 }),
        process(42),
      ),
    ).toEqual({ 31: "aa11", 40: "aa11", 41: "bb22", 42: undefined });
  });

  test("is of the session of its parent or its terminal where it carries neither", () => {
    expect(
      sessionsOf(
        session("aa11"),
        process(50, { terminal: 33, parent: 1 }),
        process(34, { parent: 33, terminal: 34 }),
        process(33, { parent: 31, terminal: 33 }),
        process(31, { id: "aa11" }),
        process(60, { terminal: 1, parent: 1 }),
      ),
    ).toEqual({ 31: "aa11", 33: "aa11", 34: "aa11", 50: "aa11", 60: undefined });
  });

  test("of a session that left no note is of it all the same; an id that is none is no session", () => {
    expect(read("session", up, process(31, { id: "cc33" }))).toEqual([
      { kind: "session", id: "cc33", verb: "unknown", state: "running" },
    ]);
    expect(read("session", up, process(31, { id: "../x" }))).toEqual([]);
  });

  test("is of a REPL that is kept, with who is attached, or since when nobody is", () => {
    const kept = [
      ["kept", "aa11", 90, "-", "kim%40falcon dino%40vm"],
      ["kept", "bb22", 7200, 60, ""],
      ["leader", "aa11", 31, "777000031"],
    ] as const;
    const child = process(32, { mark: "777000031" });
    expect(read("session", up, ...kept, child)).toEqual([
      expect.objectContaining({
        id: "bb22",
        ageMs: 7_200_000,
        kept: { attached: [], aloneMs: 60_000 },
      }),
      expect.objectContaining({
        id: "aa11",
        verb: "repl",
        kept: { attached: ["kim@falcon", "dino@vm"] },
      }),
    ]);
    expect(sessionsOf(...kept, child)).toEqual({ 32: "aa11" });
  });

  test("stands below its session; a session that was abandoned without one is a leftover", () => {
    const found = readFindings(
      answer(up, session("aa11"), session("bb22", "abandoned", 90), process(31, { id: "aa11" })),
    );
    expect(found.slice(1)).toEqual([
      { kind: "leftover", what: "session", name: "bb22", because: "abandoned" },
      {
        kind: "session",
        id: "aa11",
        verb: "exec",
        from: "kim@falcon",
        state: "running",
        ageMs: 60_000,
      },
      expect.objectContaining({ pid: 31, session: "aa11" }),
    ]);
  });

  // nvidia-smi --query-gpu=index,name,memory.used,memory.total --format=csv,noheader,nounits
  // nvidia-smi --query-compute-apps=pid,used_gpu_memory --format=csv,noheader,nounits
  test("uses memory of the GPUs, by its number in the container", () => {
    const cgroup = `0::/system.slice/docker-${containerId}.scope `;
    const found = readFindings(
      answer(
        up,
        process(31),
        ["gpu-csv", "0, NVIDIA A100-SXM4-40GB, 3145, 40960"],
        ["gpu-csv", "1, NVIDIA A100-SXM4-40GB, 7, 40960"],
        ["gpu-csv", "2, NVIDIA GB10, [N/A], [N/A]"],
        ["gpu-process", 31, cgroup, "90211, 2048"],
        ["gpu-process", 31, cgroup, "90211, 1024"],
        ["gpu-process", 31, "0::/user.slice ", "4711, 512"],
        ["gpu-process", 31, cgroup, "90211, [N/A]"],
      ),
    );
    expect(found.filter(({ kind }) => kind === "process")).toMatchObject([
      { pid: 31, gpuBytes: 3 * 1024 ** 3 },
    ]);
    expect(found.filter(({ kind }) => kind === "gpu")).toEqual([
      {
        kind: "gpu",
        index: 0,
        name: "NVIDIA A100-SXM4-40GB",
        usedBytes: 3145 * 1024 ** 2,
        totalBytes: 40_960 * 1024 ** 2,
      },
      expect.objectContaining({ index: 1 }),
    ]);
  });
});

test("a job is found while it runs, with its age from its id", () => {
  const job = (id: string, state: string, rc = "-") =>
    ["job", id, "setup", "dev", state, rc, "/d/log"] as const;
  const found = read(
    "job",
    job("20261122-095000-8", "ended", "0"),
    job("20261122-095930-9", "running"),
    job("x", "elsewhere"),
  );
  expect(found).toEqual([
    {
      kind: "job",
      id: "20261122-095930-9",
      verb: "setup",
      group: "dev",
      state: "running",
      ageMs: 30_000,
      log: "/d/log",
    },
    { kind: "job", id: "x", verb: "setup", group: "dev", state: "elsewhere", log: "/d/log" },
  ]);
});

test("what else a program prints is no finding", () => {
  expect(readFindings("kept a\nfound\tgpu-csv\t0, x, 1, 2\nfound\n")).toEqual([]);
});
