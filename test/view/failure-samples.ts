import type { ConfigProblem, UsageProblem } from "../../src/model/failure-config.ts";
import type { Failure } from "../../src/model/failure.ts";

/** The failures of one reason; if it has causes (or kinds, or states), at least one of each. */
type Samples = {
  [R in Failure["reason"]]: SamplesOf<Extract<Failure, { reason: R }>>;
};
type SamplesOf<F> = F extends { cause: infer C extends string }
  ? Record<C, F>
  : F extends { state: infer S extends string }
    ? Record<S, F>
    : F extends { problem: { kind: infer K extends string } }
      ? Record<K, F>
      : { one: F; another?: F };

export const on = (host: string, ...lastWords: string[]) => ({ host, lastWords });
const link = { reason: "unreachable", ...on("apollo") } as const;
export const target = {
  reason: "target-refused",
  dir: "/home/dino/x/train",
  ...on("apollo"),
} as const;
const engine = { reason: "engine-unavailable", engine: "docker", ...on("apollo") } as const;
const log = "/home/dino/x/train/.igor/host/jobs/7/log";
export const build = { reason: "build-failed", engine: "docker", log, ...on("apollo") } as const;
const start = {
  reason: "container-not-started",
  container: "dino-train-dev",
  previous: "none",
  ...on("apollo"),
} as const;
const inUse = {
  reason: "container-in-use",
  container: "dino-train-dev",
  processes: ["41 python train.py", "97 ipython"],
  ...on("apollo"),
} as const;
const none = {
  reason: "no-container",
  engine: "docker",
  container: "dino-train-dev",
  ...on("apollo"),
} as const;
const login = { reason: "login-refused", ...on("apollo") } as const;
export const file = "/home/dino/train/.igor/config.json";

export const problem = (more: Partial<ConfigProblem>): ConfigProblem => ({
  key: "host_groups.dev.hosts[0].dir",
  message: "must be absolute or start with ~/",
  hint: undefined,
  line: 3,
  column: 41,
  length: 6,
  sourceLine: '    "dev": { "hosts": [ {"host": "apollo", "dir": "work"} ] },',
  ...more,
});

const usage = <P extends UsageProblem>(problemOfUsage: P, ...verb: string[]) => ({
  reason: "usage" as const,
  problem: problemOfUsage,
  verb,
  usageLine: `igor ${[...verb, "[options]"].join(" ")}`,
});

const debuggerOf = <C extends string>(cause: C) => ({
  reason: "debugger-failed" as const,
  cause,
  python: "python3",
  ...on("apollo"),
});

/** Every failure there is, with its causes, for its words and for the help. */
export const samples: Samples = {
  usage: {
    "no-command": usage({ kind: "no-command", known: ["build", "exec"] }, "docker"),
    "unknown-command": usage(
      { kind: "unknown-command", given: "biuld", suggestion: "build", known: ["build", "exec"] },
      "docker",
    ),
    "unknown-option": usage({ kind: "unknown-option", given: "--hots", suggestion: "--host" }),
    "option-not-here": usage(
      { kind: "option-not-here", given: "--images", verbs: ["docker clean"] },
      "push",
    ),
    "option-needs-value": usage(
      { kind: "option-needs-value", given: "--host", valueName: "NAME" },
      "push",
    ),
    "option-takes-no-value": usage({ kind: "option-takes-no-value", given: "--json=yes" }, "push"),
    "missing-argument": usage(
      { kind: "missing-argument", name: "--host NAME", known: ["apollo", "enterprise"] },
      "init",
    ),
    "unknown-argument": usage(
      { kind: "unknown-argument", given: "tcsh", suggestion: undefined, known: ["bash", "zsh"] },
      "completion",
    ),
    "extra-argument": usage({ kind: "extra-argument", given: "now" }, "push"),
    "process-without-host": usage(
      { kind: "process-without-host", given: "812", hosts: ["apollo", "enterprise"] },
      "stop",
    ),
    "asks-first": usage({ kind: "asks-first" }, "stop"),
    "quote-open": usage({ kind: "quote-open", given: "docker exec echo it's" }),
    "not-utf8": usage({ kind: "not-utf8", given: "caf\uFFFD" }, "docker", "exec"),
  },
  "no-terminal": { one: { reason: "no-terminal", verb: "login" } },
  "login-failed": { one: { reason: "login-failed", ...on("apollo") } },
  "login-not-kept": {
    "not-persistent": { reason: "login-not-kept", cause: "not-persistent", ...on("apollo") },
    other: {
      reason: "login-not-kept",
      cause: "other",
      ...on("apollo", "dino@10.99.0.11: Permission denied (password)."),
    },
  },
  "config-missing": { one: { reason: "config-missing", from: "/home/dino" } },
  "config-of-another": {
    one: { reason: "config-of-another", file: "/tmp/.igor/config.json", from: "/tmp/mnist" },
  },
  "config-unreadable": {
    one: { reason: "config-unreadable", file, detail: "EACCES: permission denied" },
  },
  "config-invalid": {
    one: { reason: "config-invalid", file, problems: [problem({ column: 51 })] },
    another: {
      reason: "config-invalid",
      file,
      problems: [
        problem({
          key: "host_gruops",
          message: "is not a key of the configuration",
          hint: "did you mean `host_groups`?",
          line: 2,
          column: 2,
          length: 13,
          sourceLine: '\t"host_gruops": {',
        }),
        problem({
          key: "",
          message: "a comma is missing",
          line: 9,
          column: 301,
          length: 1,
          sourceLine: `{${'"日本": 1, '.repeat(30)} "a": 2 "b": 3 }`,
        }),
      ],
    },
  },
  "project-unnamed": { one: { reason: "project-unnamed", file, directory: "mein projekt" } },
  "init-refused": {
    one: {
      reason: "init-refused",
      key: "dir",
      value: "work",
      message: "must be absolute or start with ~/",
    },
  },
  "config-exists": { one: { reason: "config-exists", file } },
  "config-unwritable": {
    one: { reason: "config-unwritable", file, detail: "EROFS: read-only file system" },
  },
  "unknown-group": {
    one: {
      reason: "unknown-group",
      name: "clutser",
      known: ["dev", "cluster"],
      suggestion: "cluster",
      file,
    },
  },
  "unknown-host": {
    one: {
      reason: "unknown-host",
      name: "gpu7",
      group: "cluster",
      known: ["apollo", "enterprise"],
      suggestion: undefined,
      file,
    },
  },
  "unknown-action": {
    one: { reason: "unknown-action", id: "20261122-060258.123-8483" },
    another: { reason: "unknown-action", id: undefined },
  },
  "journal-unreadable": {
    one: {
      reason: "journal-unreadable",
      file: "/tmp/x.ndjson",
      detail: "EISDIR: it is a directory",
    },
  },
  cancelled: { one: { reason: "cancelled" } },
  "unreadable-file": {
    "not-utf8": { reason: "unreadable-file", path: "data/caf\ufffd", cause: "not-utf8" },
    "target-not-utf8": { reason: "unreadable-file", path: "latest", cause: "target-not-utf8" },
    "no-permission": { reason: "unreadable-file", path: "data/key", cause: "no-permission" },
    "too-large": { reason: "unreadable-file", path: "data/set.bin", cause: "too-large" },
  },
  "cannot-write-here": {
    one: {
      reason: "cannot-write-here",
      path: "/home/dino/train",
      detail: "ENOSPC: no space left on device, write",
    },
  },
  "link-in-the-way-here": { one: { reason: "link-in-the-way-here", path: ".igor/pull" } },
  "env-not-set": {
    one: { reason: "env-not-set", file, variables: [{ name: "WANDB_API_KEY", line: 5 }] },
    another: {
      reason: "env-not-set",
      file,
      variables: [
        { name: "WANDB_API_KEY", line: 5 },
        { name: "HF_TOKEN", line: 6 },
      ],
    },
  },
  "not-trusted": {
    one: {
      reason: "not-trusted",
      file,
      asked: {
        hosts: [{ host: "apollo", dir: "~/igor", user: undefined, port: undefined }],
        mounts: [
          { source: "/data", target: "/data", readonly: false },
          { source: "~/my sets", target: "/sets", readonly: true },
        ],
        dockerArgs: ["--privileged", "--label", "a b"],
        network: "host",
        env: ["WANDB_API_KEY"],
      },
    },
    another: {
      reason: "not-trusted",
      file,
      asked: {
        hosts: [
          { host: "apollo", dir: "/d", user: undefined, port: undefined },
          { host: "enterprise", dir: "/d", user: undefined, port: undefined },
        ],
        mounts: [{ source: "/x\u001b[2J\u202ey", target: "/x", readonly: false }],
        dockerArgs: ["--label=\u001b]52;c;eA==\u0007x"],
        network: undefined,
        env: [],
      },
    },
  },
  "nothing-to-ask-for": { one: { reason: "nothing-to-ask-for", file, line: 1 } },
  "outside-project": {
    one: { reason: "outside-project", path: "../other/runs", root: "/home/dino/train" },
  },
  "laptop-tool-failed": {
    one: {
      reason: "laptop-tool-failed",
      program: "git",
      lastWords: ["fatal: detected dubious ownership in repository at '/src'"],
    },
  },
  "state-unwritable": {
    one: {
      reason: "state-unwritable",
      directory: "/home/dino/.local/state/igor/projects/9b1c",
      detail: "ENOSPC: no space left on device, write",
    },
  },
  "no-socket-directory": {
    one: { reason: "no-socket-directory", places: ["/home/dino/.cache/igor/s", "/tmp/igor-1000"] },
  },
  "directory-gone": { one: { reason: "directory-gone" } },
  bug: {
    one: {
      reason: "bug",
      message: "TypeError: steps is not iterable",
      version: "igor 0.1.0, Node 20.20.0 on linux",
      stack: ["at runLane (/opt/igor/dist/run-request.0123.cjs:10:20)"],
    },
  },
  "output-unwritable": {
    one: { reason: "output-unwritable", detail: "ENOSPC: no space left on device, write" },
  },
  unreachable: {
    "unknown-name": {
      ...link,
      cause: "unknown-name",
      lastWords: ["ssh: Could not resolve hostname apollo: Name or service not known\r"],
    },
    refused: {
      ...link,
      cause: "refused",
      address: "10.77.0.2 port 22",
      lastWords: ["ssh: connect to host 10.77.0.2 port 22: Connection refused\r"],
    },
    "timed-out": {
      ...link,
      cause: "timed-out",
      lastWords: ["ssh: connect to host 10.77.0.2 port 22: Connection timed out\r"],
    },
    "no-route": {
      ...link,
      cause: "no-route",
      lastWords: ["ssh: connect to host 10.77.0.2 port 22: No route to host\r"],
    },
    closed: {
      ...link,
      cause: "closed",
      lastWords: ["kex_exchange_identification: Connection closed by remote host\r"],
    },
    "no-way-through": {
      ...link,
      cause: "no-way-through",
      lastWords: ["Connection closed by UNKNOWN port 65535\r"],
    },
    "link-died": { ...link, cause: "link-died", lastWords: [] },
    endless: { ...link, cause: "endless", lastWords: [] },
    "command-cut": { ...link, cause: "command-cut", lastWords: [] },
    "stood-still": { ...link, cause: "stood-still", lastWords: [] },
    stuck: { ...link, cause: "stuck", lastWords: [] },
    other: {
      ...link,
      cause: "other",
      lastWords: ["bind 192.0.2.1: Cannot assign requested address\r"],
    },
  },
  "login-refused": {
    "no-accepted-key": {
      ...login,
      cause: "no-accepted-key",
      lastWords: ["dino@apollo: Permission denied (publickey,password).\r"],
    },
    "too-many-keys": {
      ...login,
      cause: "too-many-keys",
      lastWords: [
        "Received disconnect from 10.77.0.2 port 22:2: Too many authentication failures\r",
        "Disconnected from 10.77.0.2 port 22\r",
      ],
    },
    "no-session-left": {
      ...login,
      cause: "no-session-left",
      lastWords: [
        "mux_client_request_session: session request failed: Session open refused by peer\r",
        "dino@10.77.0.2: Permission denied (password).\r",
      ],
    },
    "host-key-unknown": {
      ...login,
      cause: "host-key-unknown",
      lastWords: [
        "No ED25519 host key is known for apollo and you have requested strict checking.\r",
        "Host key verification failed.\r",
      ],
    },
    "host-key-changed": {
      ...login,
      cause: "host-key-changed",
      keyAt: "/home/dino/.ssh/known_hosts:12",
      lastWords: [
        "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r",
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r",
        "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r",
        "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r",
        "The fingerprint for the ED25519 key sent by the remote host is\r",
        "SHA256:Zx1cA0fGQm0b2k1p9nEoPHo3mGkHWz8Q1sYw1lXhV2U.\r",
        "Offending ED25519 key in /home/dino/.ssh/known_hosts:12\r",
        "  remove with:\r",
        '  ssh-keygen -f "/home/dino/.ssh/known_hosts" -R "10.77.0.2"\r',
        "Host key verification failed.\r",
      ],
    },
    "no-common-algorithm": {
      ...login,
      cause: "no-common-algorithm",
      lastWords: [
        "Unable to negotiate with 10.77.0.2 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1\r",
      ],
    },
  },
  "ssh-misconfigured": {
    option: {
      reason: "ssh-misconfigured",
      cause: "option",
      ...on("apollo", "/home/dino/.ssh/config: line 4: Bad configuration option: foo\r"),
    },
    "control-path": {
      reason: "ssh-misconfigured",
      cause: "control-path",
      ...on(
        "apollo",
        "unix_listener: cannot bind to path /home/dino/my sockets/apollo.Qb3kVnN5dFnTt0Dk: No such file or directory\r",
      ),
    },
  },
  "shell-refused": {
    restricted: {
      reason: "shell-refused",
      cause: "restricted",
      ...on("apollo", "This account is currently not available."),
    },
    "startup-file": { reason: "shell-refused", cause: "startup-file", ...on("apollo") },
    "no-answer": { reason: "shell-refused", cause: "no-answer", ...on("apollo") },
    "no-temporary-directory": {
      reason: "shell-refused",
      cause: "no-temporary-directory",
      ...on("apollo", "mktemp: failed to create directory via template: No space left on device"),
    },
  },
  "target-refused": {
    root: { ...target, dir: "/", cause: "root" },
    home: { ...target, dir: "/home/dino", cause: "home" },
    outside: { ...target, cause: "outside" },
    "not-a-directory": { ...target, cause: "not-a-directory" },
    "has-files": { ...target, cause: "has-files" },
    "other-owner": { ...target, cause: "other-owner", found: "uid 1003" },
    "other-project": { ...target, cause: "other-project", found: "speech" },
  },
  "symlink-in-the-way": {
    one: { reason: "symlink-in-the-way", path: "data", ...on("apollo") },
  },
  locked: {
    one: { reason: "locked", holder: "igor on dino-laptop, process 4711", ...on("apollo") },
  },
  "engine-unavailable": {
    missing: { ...engine, cause: "missing" },
    "no-rights": {
      ...engine,
      cause: "no-rights",
      lastWords: [
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
      ],
    },
    stopped: { ...engine, cause: "stopped" },
    "not-answering": { ...engine, cause: "not-answering" },
  },
  "dockerfile-missing": {
    one: { reason: "dockerfile-missing", file: "Dockerfile" },
  },
  "rebuild-file-missing": {
    one: { reason: "rebuild-file-missing", pattern: "requirements*.txt" },
  },
  "job-out-of-reach": { one: { reason: "job-out-of-reach", job: "7", log, ...on("apollo") } },
  "no-directory": {
    one: {
      reason: "no-directory",
      container: "dino-train-dev",
      directory: "/workspace/new",
      ...on("apollo"),
    },
  },
  "job-lost": { one: { reason: "job-lost", job: "7", log, ...on("apollo") } },
  "job-stopped": { one: { reason: "job-stopped", job: "7", log, ...on("apollo") } },
  "unknown-id": { one: { reason: "unknown-id", id: "3f9a", ...on("apollo") } },
  "debug-arguments": {
    "not-one-program": {
      reason: "debug-arguments",
      problem: { kind: "not-one-program", given: ["program", "module"] },
    },
    "outside-project": {
      reason: "debug-arguments",
      problem: { kind: "outside-project", path: "/tmp/a.py", root: "/home/dino/train" },
    },
    "no-program": {
      reason: "debug-arguments",
      problem: { kind: "no-program", file: "README.md" },
    },
    "nothing-before": { reason: "debug-arguments", problem: { kind: "nothing-before" } },
    "no-port": { reason: "debug-arguments", problem: { kind: "no-port", file } },
    "wrong-type": {
      reason: "debug-arguments",
      problem: { kind: "wrong-type", key: "env", wants: "an object of strings" },
    },
  },
  "debug-file-invalid": {
    one: {
      reason: "debug-file-invalid",
      file: "/home/dino/train/.vimspector.json",
      problems: [
        problem({
          key: "",
          message: "no comma may stand before the closing } here",
          line: 7,
          column: 27,
          length: 1,
          sourceLine: '      "adapter": "debugpy",',
        }),
      ],
    },
  },
  "debug-file-unreadable": {
    one: {
      reason: "debug-file-unreadable",
      file: "/home/dino/train/.vimspector.json",
      detail: "EACCES: permission denied, open '/home/dino/train/.vimspector.json'",
    },
  },
  "debug-file-unwritable": {
    one: {
      reason: "debug-file-unwritable",
      file: "/home/dino/train/.vscode/launch.json",
      detail: "ENOSPC: no space left on device, write",
    },
  },
  "debug-file-stale": {
    one: {
      reason: "debug-file-stale",
      file: "/home/dino/train/.vimspector.json",
      isMissing: false,
      verb: ["config", "vimspector"],
    },
    another: {
      reason: "debug-file-stale",
      file: "/home/dino/train/.vscode/launch.json",
      isMissing: true,
      verb: ["config", "vscode"],
    },
  },
  "debugger-failed": {
    "not-found": { ...debuggerOf("not-found"), ...on("apollo", "exec: python3: not found") },
    "too-old": debuggerOf("too-old"),
    "no-debugpy": {
      ...debuggerOf("no-debugpy"),
      ...on("apollo", "this machine has no pip to download it with"),
    },
    "no-place": {
      ...debuggerOf("no-place"),
      ...on("apollo", "[Errno 30] Read-only file system: '/home/dino/.cache'"),
    },
    adapter: {
      ...debuggerOf("adapter"),
      ...on("apollo", "ModuleNotFoundError: No module named 'debugpy.common'"),
    },
    "adapter-gone": debuggerOf("adapter-gone"),
  },
  "nobody-listens": {
    one: {
      reason: "nobody-listens",
      port: 5678,
      ...on("apollo", "[Errno 111] Connection refused"),
    },
  },
  "repl-ended": {
    stopped: { reason: "repl-ended", cause: "stopped", ...on("apollo") },
    replaced: { reason: "repl-ended", cause: "replaced", ...on("apollo") },
    expired: { reason: "repl-ended", cause: "expired", ...on("apollo") },
    gone: { reason: "repl-ended", cause: "gone", ...on("apollo") },
  },
  "ambiguous-id": {
    one: { reason: "ambiguous-id", id: "3f", ids: ["3f9a21c0", "3fd2e4f6"], ...on("apollo") },
  },
  "still-running": {
    one: { reason: "still-running", ids: ["3f9a21c0d2e4f601", "812"], ...on("apollo") },
  },
  "build-failed": {
    step: {
      ...build,
      cause: "step",
      step: "Step 3/7 : RUN pip install -r requirements.txt",
      lastWords: [
        "\u001b[91mERROR: No matching distribution found for torhc\u001b[0m",
        "The command '/bin/sh -c pip install' returned a non-zero code: 1",
      ],
    },
    "base-image": {
      ...build,
      cause: "base-image",
      step: "FROM pyhton:3.12",
      lastWords: ["pull access denied for pyhton, repository does not exist"],
    },
    "dockerfile-syntax": {
      ...build,
      cause: "dockerfile-syntax",
      lastWords: ["dockerfile parse error line 4: unknown instruction: RUNN"],
    },
    "missing-file": { ...build, cause: "missing-file", step: "Step 2/7 : COPY setup.py ." },
    "disk-full": { ...build, cause: "disk-full" },
    "engine-gone": {
      ...build,
      cause: "engine-gone",
      step: "Step 3/7 : RUN pip install -r requirements.txt",
      lastWords: ["unexpected EOF"],
    },
  },
  "no-container": {
    missing: { ...none, state: "missing", container: "dino-train-cluster", group: "cluster" },
    stopped: { ...none, state: "stopped", group: "dev" },
    paused: { ...none, engine: "podman", state: "paused" },
    "other-directory": { ...none, state: "other-directory" },
  },
  "container-in-use": {
    one: { ...inUse, would: "replace" },
    another: { ...inUse, would: "remove" },
  },
  "container-foreign": {
    one: {
      reason: "container-foreign",
      container: "dino-train-dev",
      owner: "no owner",
      ...on("apollo"),
    },
  },
  "container-not-started": {
    gpu: { ...start, cause: "gpu", previous: "running-again" },
    mount: { ...start, cause: "mount", detail: "/data2/sets", previous: "lost" },
    "no-shell": { ...start, cause: "no-shell" },
    arguments: { ...start, cause: "arguments", lastWords: ["unknown flag: --gpu"] },
    other: { ...start, cause: "other" },
  },
  "not-installed": {
    one: { reason: "not-installed", program: "tmux", where: "host", ...on("apollo") },
    another: { reason: "not-installed", program: "ssh", where: "laptop", ...on("apollo") },
  },
  "disk-full": {
    one: { reason: "disk-full", path: "/home/dino/x/train", ...on("apollo") },
    another: { reason: "disk-full", path: "", ...on("apollo") },
  },
  "not-writable": {
    one: { reason: "not-writable", path: "/home/dino/x", ...on("apollo") },
    another: {
      reason: "not-writable",
      path: "",
      ...on("apollo", "tar: f/a.py: Cannot open: Read-only file system"),
    },
  },
  "step-failed": {
    one: {
      reason: "step-failed",
      step: "push",
      exitCode: 3,
      ...on("apollo", "tar: Unexpected EOF"),
    },
    another: { reason: "step-failed", step: "push", exitCode: undefined, ...on("apollo") },
  },
  "not-all-pulled": {
    one: {
      reason: "not-all-pulled",
      files: 3,
      bytes: 12_300,
      left: [
        { path: "runs/notes.md", because: "changed-here" },
        { path: "runs/1/log", because: "changed-here" },
        { path: "runs/key", because: "unreadable" },
      ],
      ...on("apollo"),
    },
    another: {
      reason: "not-all-pulled",
      files: 0,
      bytes: 0,
      left: [{ path: "runs/log", because: "differs" }],
      ...on("apollo"),
    },
  },
  "nothing-matches": {
    one: { reason: "nothing-matches", paths: ["rnus/"], ...on("apollo") },
  },
  "command-failed": {
    one: { reason: "command-failed", exitCode: 3, ...on("apollo") },
    another: { reason: "command-failed", exitCode: 137, ...on("apollo") },
  },
};
