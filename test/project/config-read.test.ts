import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/project/config-read.ts";
import { projectOf } from "../../src/project/config-project.ts";

/** The configuration of DESIGN.md, section 2, which must work unchanged, for ever. */
const seed = `{ "user": "dino", "debug_port": 5556, "docker_rebuild_files": ["requirements.txt"], "dockerfile": "dockerfile", "repl_cmd": "ipython",
  "host_groups": {
    "dev":     { "hosts": [ {"host": "apollo", "dir": "/home/dino/data2/dev_dsk"} ] },
    "cluster": { "hosts": [ {"host": "apollo", "dir": "/home/dino/data2/dev_dsk", "tag": "manager"},
                            {"host": "enterprise", "dir": "/home/dino/dev_dsk", "tag": "worker"} ] } } }
`;

const surroundings = {
  root: "/home/dino/rocket",
  configFile: "/home/dino/rocket/.igor/config.json",
  defaultName: "rocket",
  defaultDockerfile: "Dockerfile",
};

/** A configuration with one host and these further keys. */
function withKeys(keys: object): string {
  return JSON.stringify({ ...keys, host_groups: { dev: { hosts: [{ host: "a", dir: "/d" }] } } });
}

function problemsIn(text: string) {
  const read = readConfig(text);
  return read.ok ? [] : read.failure;
}

/** Each problem as a line. e.g. `1:3 user: must be text in double quotes` */
function complaintsAbout(text: string): readonly string[] {
  return problemsIn(text).map(({ line, column, key, message, hint }) =>
    [`${line}:${column} ${key}: ${message}`, hint].filter((part) => part !== undefined).join("; "),
  );
}

function projectFrom(text: string) {
  const read = readConfig(text);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return projectOf(read.value, surroundings);
}

describe("the first configuration igor ever had", () => {
  const bare = { tag: undefined, user: "dino", port: undefined, ip: undefined };

  test("describes a project with every default filled in", () => {
    expect(projectFrom(seed)).toEqual({
      name: "rocket",
      root: "/home/dino/rocket",
      configFile: "/home/dino/rocket/.igor/config.json",
      user: "dino",
      hostGroups: [
        { name: "dev", hosts: [{ ...bare, host: "apollo", dir: "/home/dino/data2/dev_dsk" }] },
        {
          name: "cluster",
          hosts: [
            { ...bare, host: "apollo", dir: "/home/dino/data2/dev_dsk", tag: "manager" },
            { ...bare, host: "enterprise", dir: "/home/dino/dev_dsk", tag: "worker" },
          ],
        },
      ],
      image: { dockerfile: "dockerfile", rebuildFiles: ["requirements.txt"], buildArgs: {} },
      container: {
        engine: "docker",
        workspace: "/workspace",
        python: "python3",
        gpus: "auto",
        shmSize: "8g",
        env: {},
        mounts: [],
        ports: [{ host: 5556, container: 5556 }],
        user: "host",
        network: undefined,
        dockerArgs: [],
      },
      sync: { exclude: [], outputs: [], shared: [] },
      replCommand: "ipython",
      debug: { port: 5556, pathMappings: [] },
    });
  });

  test("means the same with comments, trailing commas, CRLF and a byte order mark", () => {
    const decorated = `\uFEFF// ours\n${seed.replaceAll(/([\]}"])(\s*[\]}])/g, "$1,$2")}/* end */`;
    expect(decorated).not.toBe(seed);
    expect(projectFrom(decorated)).toEqual(projectFrom(seed));
    expect(projectFrom(decorated.replaceAll("\n", "\r\n"))).toEqual(projectFrom(seed));
  });
});

describe("a configuration gives", () => {
  test.each([
    [{ python: "/opt/py/bin/python" }, { replCommand: "/opt/py/bin/python" }],
    [{ project: "moon" }, { name: "moon" }],
    [{ dockerfile: "./docker/Dockerfile" }, { image: { dockerfile: "docker/Dockerfile" } }],
    [{ workspace: "/work//code/" }, { container: { workspace: "/work/code" } }],
    [{ gpus: ["0", "GPU-8a"] }, { container: { gpus: { devices: ["0", "GPU-8a"] } } }],
    [{ gpus: "none" }, { container: { gpus: "none" } }],
    [
      { ports: [6006, "8080:80"], debug_port: 5678 },
      {
        container: {
          ports: [
            { host: 6006, container: 6006 },
            { host: 8080, container: 80 },
            { host: 5678, container: 5678 },
          ],
        },
      },
    ],
    [
      { ports: [5678], debug_port: 5678 },
      { container: { ports: [{ host: 5678, container: 5678 }] } },
    ],
    [
      { mounts: [{ source: "~/data", target: "/data" }] },
      { container: { mounts: [{ source: "~/data", target: "/data", readonly: false }] } },
    ],
    [{ outputs: ["./checkpoints/"] }, { sync: { outputs: ["checkpoints"] } }],
    [
      { env: { LEVEL: "a b $c", EMPTY: "" } },
      { container: { env: { LEVEL: "a b $c", EMPTY: "" } } },
    ],
  ])("%j", (keys, project) => {
    expect(projectFrom(withKeys(keys))).toMatchObject(project);
  });

  test("a host its own login name, else that of the project, else none", () => {
    const hosts = [
      { host: "a", dir: "/d", user: "root" },
      { host: "b", dir: "/d" },
    ];
    const users = (keys: object) =>
      projectFrom(
        JSON.stringify({ ...keys, host_groups: { dev: { hosts } } }),
      ).hostGroups[0]?.hosts.map(({ user }) => user);
    expect(users({ user: "dino" })).toEqual(["root", "dino"]);
    expect(users({})).toEqual(["root", undefined]);
  });

  test.each([
    ["~/", "~"],
    ["~", "~"],
    ["~/dev/", "~/dev"],
    ["/data//dino/", "/data/dino"],
    ["/a b/ü", "/a b/ü"],
  ])("the directory %s of a host as %s", (dir, normal) => {
    const text = JSON.stringify({ host_groups: { dev: { hosts: [{ host: "a", dir }] } } });
    expect(projectFrom(text).hostGroups[0]?.hosts[0]?.dir).toBe(normal);
  });
});

describe("what is wrong in a configuration is shown with its place and its line", () => {
  test("all of it at once, in the order of the file", () => {
    const text = `{
  "usr": "dino", // ours
  "gpus": "some",
  "host_groups": {
    "dev": { "hosts": [{ "host": "-oProxyCommand=x", "dir": "data" }, { "host": "b" }] },
    "my group": { "hosts": [] },
  },
  "debug_port": "5556",
}`;
    expect(complaintsAbout(text)).toMatchInlineSnapshot(`
      [
        "2:3 usr: is not a known key; did you mean "user"?",
        "3:11 gpus: must be "auto", "all", "none" or a list of devices, e.g. ["0", "1"]",
        "5:34 host_groups.dev.hosts[0].host: must be a name that ssh takes: letters, digits and . _ - : % + and no dash at the start",
        "5:61 host_groups.dev.hosts[0].dir: must be absolute or start with ~/",
        "5:71 host_groups.dev.hosts[1].dir: is missing",
        "6:5 host_groups["my group"]: must consist of letters, digits and . _ - and start with a letter or digit",
        "8:17 debug_port: must be a whole number",
      ]
    `);
    expect(problemsIn(text)[0]).toEqual({
      key: "usr",
      message: "is not a known key",
      hint: 'did you mean "user"?',
      line: 2,
      column: 3,
      length: 5,
      sourceLine: '  "usr": "dino", // ours',
    });
  });

  test.each([
    ["", "1:1 : the file is empty"],
    ["// nothing\n", "2:1 : a value must stand here"],
    ["{", "1:2 : a closing } must stand here"],
    ['{ "a": 1\n  "b": 2 }', "2:3 : a comma must stand before this"],
    ["{ 'a': 1 }", "1:3 : is not JSON: text needs double quotes"],
    ['{ "a": tru }', "1:8 : is not JSON: text needs double quotes"],
    ['{ "a": "b }', "1:8 : the text has no end: a double quote is missing"],
    ["[]", "1:1 : must be an object: {...}"],
    ["null", "1:1 : must be an object: {...}"],
    ["{}", "1:1 host_groups: is missing"],
    ['{ "host_groups": {} }', "1:18 host_groups: must hold at least one group"],
    ['{ "host_groups": { "dev": {} } }', "1:27 host_groups.dev.hosts: is missing"],
    ['{ "host_groups": [] }', "1:18 host_groups: must be an object: {...}"],
  ])("%j", (text, complaint) => {
    expect(complaintsAbout(text)[0]).toBe(complaint);
  });

  test.each([
    [
      { user: "-x" },
      "user: must consist of letters, digits and . _ - and not start with a dash or dot",
    ],
    [{ user: null }, "user: must be text in double quotes"],
    [
      { project: "a/b" },
      "project: must consist of letters, digits and . _ - and start with a letter or digit",
    ],
    [{ dockerfile: "/etc/x" }, "dockerfile: must be relative to the project"],
    [{ dockerfile: "~/x" }, "dockerfile: must be relative to the project"],
    [{ dockerfile: "../x" }, "dockerfile: must not contain .."],
    [{ dockerfile: "-x" }, "dockerfile: must not start with a dash"],
    [{ dockerfile: "./-x" }, "dockerfile: must not start with a dash"],
    [{ docker_rebuild_files: ["a", "b/../../c"] }, "docker_rebuild_files[1]: must not contain .."],
    [{ docker_rebuild_files: "a" }, "docker_rebuild_files: must be a list: [...]"],
    [
      { build_args: { "A B": "" } },
      'build_args["A B"]: must consist of letters, digits and _ and not start with a digit',
    ],
    [{ engine: "dokcer" }, 'engine: must be "docker" or "podman"'],
    [{ workspace: "work" }, "workspace: must be absolute, and not /"],
    [{ workspace: "/" }, "workspace: must be absolute, and not /"],
    [{ python: "-c" }, "python: must not start with a dash"],
    [{ repl_cmd: "" }, "repl_cmd: must not be empty"],
    [{ repl_cmd: "a\nb" }, "repl_cmd: must be one line without control characters"],
    [{ debug_port: 0 }, "debug_port: must be at least 1"],
    [{ debug_port: 65536 }, "debug_port: must be at most 65535"],
    [{ debug_port: 1.5 }, "debug_port: must be a whole number"],
    [{ gpus: [] }, 'gpus: must be "auto", "all", "none" or a list of devices, e.g. ["0", "1"]'],
    [{ shm_size: "lots" }, 'shm_size: must be a size such as "512m" or "8g"'],
    [{ env: { A: 1 } }, "env.A: must be text in double quotes"],
    [{ env: { A: "a\nb" } }, "env.A: must be one line"],
    [{ mounts: ["/a:/b"] }, "mounts[0]: must be an object: {...}"],
    [
      { mounts: [{ source: "a", target: "/b" }] },
      "mounts[0].source: must be absolute or start with ~/",
    ],
    [{ mounts: [{ source: "/a", target: "b" }] }, "mounts[0].target: must be absolute, and not /"],
    [{ mounts: [{ source: "/a", target: "/workspace" }] }, "mounts[0].target: is the workspace"],
    [
      {
        mounts: [
          { source: "/a", target: "/b" },
          { source: "/c", target: "/b" },
        ],
      },
      "mounts[1].target: is mounted already",
    ],
    [{ ports: ["80"] }, 'ports[0]: must be a port, e.g. 6006, or "HOST:CONTAINER", e.g. "8080:80"'],
    [
      { ports: ["1:99999"] },
      'ports[0]: must be a port, e.g. 6006, or "HOST:CONTAINER", e.g. "8080:80"',
    ],
    [{ ports: [80, "80:81"] }, "ports[1]: is published already"],
    [{ ports: ["5556:80"], debug_port: 5556 }, "debug_port: is published already"],
    [{ container_user: "root" }, 'container_user: must be "host" or "image"'],
    [{ network: "--privileged" }, "network: must be the name of a network, e.g. host"],
    [{ outputs: ["../elsewhere"] }, "outputs[0]: must not contain .."],
    [
      { debug: { path_mapping: [] } },
      'debug.path_mapping: is not a known key; did you mean "path_mappings"?',
    ],
    [{ dockerflie: "x" }, 'dockerflie: is not a known key; did you mean "dockerfile"?'],
    [{ frobnicate: 1 }, "frobnicate: is not a known key"],
  ])("%j", (keys, complaint) => {
    expect(complaintsAbout(withKeys(keys)).map((text) => text.replace(/^\S+ /, ""))).toEqual([
      complaint,
    ]);
  });

  test.each([
    [{ dir: "/d" }, "host: is missing"],
    [{ host: "dino@a", dir: "/d" }, 'host: must not hold a login name: that is the key "user"'],
    [
      { host: "", dir: "/d" },
      "host: must be a name that ssh takes: letters, digits and . _ - : % + and no dash at the start",
    ],
    [{ host: "a", dir: "d" }, "dir: must be absolute or start with ~/"],
    [{ host: "a", dir: "~other/d" }, "dir: must be absolute or start with ~/"],
    [{ host: "a", dir: "/d/../e" }, "dir: must not contain .."],
    [
      { host: "a", dir: "/d", tag: "a-b" },
      "tag: must consist of letters, digits and _ and not start with a digit",
    ],
    [{ host: "a", dir: "/d", ip: "10.0.0.256" }, "ip: must be an IP address"],
    [{ host: "a", dir: "/d", tags: "x" }, 'tags: is not a known key; did you mean "tag"?'],
  ])("the host %j", (host, complaint) => {
    const text = JSON.stringify({ host_groups: { dev: { hosts: [host] } } });
    expect(complaintsAbout(text).map((line) => line.replace(/^\S+ /, ""))).toEqual([
      `host_groups.dev.hosts[0].${complaint}`,
    ]);
  });

  test("brackets without end", () => {
    expect(complaintsAbout("[".repeat(100_000))).toEqual(["1:51 : is nested too deeply"]);
  });

  test("a host that is in its group twice", () => {
    const host = { host: "a", dir: "/d" };
    const text = JSON.stringify({
      host_groups: { dev: { hosts: [host, { ...host, dir: "/e" }] } },
    });
    expect(complaintsAbout(text)).toEqual([
      "1:65 host_groups.dev.hosts[1].host: is in this group already",
    ]);
  });

  test("a key that is there twice, and one that is special to JavaScript", () => {
    const text = withKeys({}).replace("{", '{"user":"a","user":"b","__proto__":{},');
    expect(complaintsAbout(text)).toEqual([
      "1:13 user: is there twice",
      "1:24 __proto__: is not a known key",
    ]);
  });

  test.each(["env", "build_args"])("a name in %s that is special to JavaScript", (key) => {
    const text = `{"${key}":{"__proto__":"a"},${withKeys({}).slice(1)}`;
    const column = key.length + 6;
    expect(complaintsAbout(text)).toEqual([`1:${column} ${key}.__proto__: is not a known key`]);
  });
});

describe("readConfig never throws", () => {
  test("on any text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      '"host_groups"',
      "1",
      "//",
      "/*",
      "\n",
      "\\u",
      "null",
    );
    const soup = fc.array(piece).map((pieces) => pieces.join(""));
    fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), hasProblemsInTheText));
  });

  test("on any JSON", () => {
    fc.assert(fc.property(fc.json(), hasProblemsInTheText));
  });

  test("on any value of any key", () => {
    const key = fc.constantFrom(
      "host_groups",
      "ports",
      "gpus",
      "mounts",
      "debug",
      "env",
      "dockerfile",
    );
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        hasProblemsInTheText(withKeys({ [name]: value }));
        hasProblemsInTheText(JSON.stringify({ [name]: value }));
      }),
    );
  });

  function hasProblemsInTheText(text: string): void {
    const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
    for (const { line, column, length, sourceLine } of problemsIn(text)) {
      expect(sourceLine).toBe(lines[line - 1]);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column + length - 1).toBeLessThanOrEqual(Math.max(column, sourceLine.length));
    }
  }
});
