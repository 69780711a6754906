import { expect, test } from "vitest";
import { areas, checkNames } from "../../src/model/check.ts";
import type { Area, Check, CheckName, Verdict } from "../../src/model/check.ts";
import { checksJson, checksLines, diagnosisLine } from "../../src/view/check-lines.ts";
import { checkText } from "../../src/view/check-text.ts";
import { lineText } from "../../src/view/line.ts";

const areaOf = (name: CheckName): Area => {
  const area = areas.find((one) => checkNames[one].some((known) => known === name));
  if (area === undefined) throw new Error(name);
  return area;
};

const check = (name: CheckName, verdict: Verdict, ...values: string[]): Check => ({
  area: areaOf(name),
  name,
  verdict,
  values,
});

const dir = "/home/dino/dev/mnist";
const kB = (gigabytes: number) => String(gigabytes * 1e6);

/** Every case that a check knows. */
const cases: readonly Check[] = [
  check("node", "ok", "22.11.0"),
  check("ssh", "ok", "OpenSSH_9.2p1"),
  check("ssh", "fail"),
  check("rsync", "ok", "rsync", "3.2.7"),
  check("rsync", "warn", "openrsync", ""),
  check("rsync", "warn", "none", ""),
  check("rsync", "warn", "too-old", "2.6.9"),
  check("git", "ok", "2.39.5"),
  check("git", "warn"),
  check("state", "ok", "/home/dino/.local/state/igor/projects"),
  {
    ...check("state", "fail"),
    failure: { reason: "state-unwritable", directory: "/home/dino/.local/state", detail: "EROFS" },
  },
  check("terminal", "ok", "xterm-256color"),
  check("terminal", "warn", "dumb"),
  check("terminal", "warn", ""),
  check("config", "ok", "mnist", "/home/dino/mnist/.igor/config.json"),
  check("config", "not-checked", "no-project"),
  {
    ...check("config", "warn"),
    warning: { kind: "dockerfile-missing", dockerfile: "Dockerfile" },
  },
  { ...check("config", "warn"), warning: { kind: "rebuild-file-missing", pattern: "req*.txt" } },
  {
    ...check("config", "fail"),
    failure: { reason: "config-unreadable", file: "/x/.igor/config.json", detail: "EACCES" },
  },
  check("address", "ok", "dino", "10.99.0.11"),
  check("host-key", "ok", "known", "ED25519, RSA", "/home/dino/.ssh/known_hosts:3"),
  check("host-key", "ok", "elsewhere"),
  check("host-key", "warn", "not-compared"),
  check("login", "ok"),
  {
    ...check("login", "fail"),
    failure: {
      reason: "login-refused",
      cause: "no-accepted-key",
      host: "apollo",
      lastWords: ["dino@10.99.0.11: Permission denied (publickey,password)."],
    },
  },
  check("sharing", "ok", "igor"),
  check("sharing", "ok", "user", "600"),
  check("sharing", "ok", "user", "yes"),
  check("sharing", "warn", "not-kept"),
  check("sharing", "warn", "no-session-left"),
  check("sharing", "warn", "unanswered"),
  check("latency", "ok", "51.3"),
  check("latency", "warn", "612"),
  check("clock", "ok", "0"),
  check("clock", "ok", "2600"),
  check("clock", "warn", "-3600000"),
  check("system", "ok", "Debian GNU/Linux 12 (bookworm) x86_64", "bash", "dino"),
  check("tools", "ok"),
  check("tools", "fail", "gzip cmp"),
  check("transfer", "ok", "rsync", "3.2.7"),
  check("transfer", "warn", "none"),
  check("transfer", "warn", "openrsync"),
  check("transfer", "warn", "too-old", "2.6.9"),
  check("directory", "ok", "ours", dir),
  check("directory", "ok", "missing", dir),
  check("directory", "warn", "unmarked", dir),
  check("directory", "fail", "other-owner", dir, "kim"),
  check("directory", "fail", "other-project", dir, "toy"),
  check("directory", "fail", "not-writable", "/data", "root", "dino"),
  check("directory", "fail", "not-a-directory", dir),
  check("directory", "fail", "not-readable", dir),
  check("owners", "ok"),
  check("owners", "ok", "unfinished"),
  check("owners", "warn", "others", "3", "out/model.pt", "root", dir, "dino"),
  check("disk", "ok", kB(120), kB(2000), dir),
  check("disk", "warn", kB(1), kB(2000), dir),
  check("disk", "fail", "512", kB(2000), dir),
  check("inodes", "ok", "90", "100", dir),
  check("inodes", "ok", "unlimited"),
  check("inodes", "warn", "1000", "100000", dir),
  check("shm", "ok", "room", kB(8), kB(8)),
  check("shm", "warn", "room", kB(0.1), kB(8)),
  check("shm", "warn", "none"),
  check("engine", "ok", "docker", "28.5.2", "28.5.2"),
  check("engine", "ok", "docker", "28.5.2", "27.1.0"),
  check("engine", "ok", "podman", "4.3.1"),
  check("engine", "fail", "docker", "missing", ""),
  check("engine", "fail", "docker", "no-rights", "permission denied while trying to connect"),
  check("engine", "fail", "podman", "stopped", ""),
  check("engine", "fail", "docker", "not-answering", ""),
  check("engine", "fail", "docker", "other", "WARN\nsomething is broken"),
  check("users", "ok", "rootful"),
  check("users", "ok", "rootless", "docker"),
  check("users", "ok", "rootless", "podman"),
  check("users", "ok", "userns"),
  check("builder", "ok", "buildx", "v0.17.1"),
  check("builder", "ok", "buildah"),
  check("builder", "warn", "legacy"),
  check("storage", "ok", kB(80), kB(200), "/var/lib/docker", "docker"),
  check("storage", "warn", kB(1), kB(200), "/var/lib/containers/storage", "podman"),
  check("gpus", "ok", "none"),
  check("gpus", "ok", "not-asked"),
  check("gpus", "ok", "runtime", "2x NVIDIA A100,"),
  check("gpus", "ok", "cdi", ""),
  check("gpus", "warn", "no-runtime"),
  check("gpus", "fail", "no-runtime", "all"),
  check("gpus", "fail", "none", "all"),
  check("container", "ok", "running", "dino-mnist-dev"),
  check("container", "warn", "outdated", "dino-mnist-dev", "ports shm_size"),
  check("container", "warn", "missing", "dino-mnist-dev"),
  check("container", "warn", "stopped", "dino-mnist-dev"),
  check("container", "warn", "paused", "dino-mnist-dev"),
  check("container", "fail", "foreign", "dino-mnist-dev", "docker"),
  check("container", "fail", "no-shell", "dino-mnist-dev", "podman", 'exec: "sh": not found'),
  check("python", "ok", "3.12.4", "python3"),
  check("python", "warn", "none", "python3"),
  check("python", "not-checked"),
  check("debugpy", "ok", "1.8.14"),
  check("debugpy", "warn", "none", "python3"),
  check("memory", "ok", "room", kB(8), kB(8)),
  check("memory", "warn", "small", kB(0.06), kB(0.06)),
  check("memory", "warn", "full", kB(0.1), kB(8)),
  check("files", "ok", "dino"),
  check("files", "fail", "refused", "/workspace", "1000"),
  check("files", "warn", "others", "root", "image"),
  check("files", "warn", "others", "root", "host"),
  check("home", "ok", "/home/dino"),
  check("home", "warn", "/root"),
  check("home", "warn", ""),
];

test("every check reads well", () => {
  const lines = cases.map((one) => {
    const { found, fix } = checkText(one, "apollo");
    return [
      `${one.name}, ${[one.verdict, ...one.values.slice(0, 1)].join(" ")}: ${found}`,
      ...(fix === undefined ? [] : [`  → ${fix}`]),
    ].join("\n");
  });
  expect(lines.join("\n")).toMatchSnapshot();
});

test.each(cases.filter(({ verdict }) => verdict === "warn" || verdict === "fail"))(
  "$name, $verdict $values says what to do",
  (one) => {
    const { fix } = checkText(one, "apollo");
    expect(fix).toBeDefined();
    expect(fix).not.toMatch(/StrictHostKeyChecking|UserKnownHosts/i);
  },
);

test("every thing that is looked at has a case here", () => {
  const tried = new Set(cases.map(({ name }) => name));
  expect(areas.flatMap((area) => checkNames[area]).filter((name) => !tried.has(name))).toEqual([]);
});

const examined = {
  host: "apollo",
  checks: [
    check("latency", "ok", "0.4"),
    check("engine", "ok", "docker", "28.5.2", "28.5.2"),
    check("builder", "warn", "legacy"),
    check("container", "not-checked"),
  ],
};

test("the checks of a host stand in columns, by area", () => {
  expect(checksLines(examined, 80).map(lineText).join("\n")).toMatchInlineSnapshot(`
    "apollo, link
      ok    latency    0.4 ms there and back

    apollo, engine
      ok    engine     docker 28.5.2; you may use it
      warn  builder    the legacy builder, which runs one step after the other and
                       is going away
                       → install buildx on apollo, e.g.
                         \`sudo apt-get install docker-buildx-plugin\` (Docker's
                         packages) or \`docker-buildx\` (Ubuntu's)

    apollo, container
      -     not checked: container"
  `);
});

test("what is to be done names the group that was asked for", () => {
  const checks = [check("container", "warn", "missing", "dino-mnist-cluster")];
  const text = checksLines({ host: "apollo", group: "cluster", checks }, 80).map(lineText).join();
  expect(text).toContain("`igor docker setup -g cluster` makes it");
});

test("a check is one object of JSON with the words that a person would read", () => {
  const [, , builder = ""] = checksJson(examined).split("\n");
  expect(JSON.parse(builder)).toMatchObject({
    version: 1,
    type: "check",
    host: "apollo",
    area: "engine",
    name: "builder",
    verdict: "warn",
    found: expect.stringContaining("legacy builder") as string,
    fix: expect.stringContaining("buildx") as string,
  });
});

test.each<[string, readonly Check[]]>([
  ["all is well", [check("login", "ok")]],
  ["1 thing fails", [check("ssh", "fail")]],
  [
    "2 things fail, 1 warning, 1 not checked",
    [
      check("ssh", "fail"),
      check("ssh", "fail"),
      check("git", "warn"),
      check("home", "not-checked"),
    ],
  ],
])("the last line says: %s", (text, checks) => {
  expect(lineText(diagnosisLine(checks))).toBe(text);
});
