// @ts-check
// The results as a page of Markdown: medians with their spread, ratios, and the goals of the project.
import { contendersOn, steps } from "./contenders.mjs";
import { median } from "./measure.mjs";

/**
 * One measured command.
 * @typedef {object} Sample
 * @property {"start" | "tree" | "hosts" | "cost" | "debug"} part For `cost`, `ms` are those of the laptop's processor.
 * @property {string} title
 * @property {string} contender
 * @property {number} files
 * @property {number} rtt
 * @property {number} hosts
 * @property {number} ms
 * @property {number} [bytes] What crossed the line.
 */

/** @typedef {{ command: string, day: string, minutes: number, commit: string, machine: string, load: string }} Circumstances */

const titles = contendersOn("").map(({ title }) => title);

/**
 * @param {readonly Sample[]} samples
 * @param {Circumstances} circumstances
 */
export function pageOf(samples, { command, day, minutes, commit, machine, load }) {
  const part = (/** @type {Sample["part"]} */ name) =>
    samples.filter((sample) => sample.part === name);
  return [
    `# igor beside a plain script and raw rsync, ${day}`,
    `\`${command}\` at ${commit}, ${minutes} min. ${machine}; load ${load}.`,
    "Milliseconds from the start of a command to its end: median (fastest to slowest). *script* is `bench/naive/igor`: each ssh and rsync logs in anew; *+ master*: with ControlMaster. Hosts are network namespaces on the same machine; the delay is made by `test/hosts/tun-relay.py`, so TCP feels it; the projects on them are in memory. igor finds its own shared connection open, except where none is said to be there yet.",
    startOf(part("start")),
    ...unique(part("tree").map(({ files }) => files)).map((files) => treeOf(part("tree"), files)),
    hostsOf(part("hosts")),
    costsOf(part("cost")),
    debugOf(part("debug")),
    goalsOf(samples),
  ]
    .filter((text) => text !== "")
    .join("\n\n")
    .concat("\n");
}

/** @param {readonly Sample[]} samples */
function startOf(samples) {
  if (samples.length === 0) return "";
  const bare = medianOf(samples.filter(({ title }) => title === "node -e 0"));
  const rows = unique(samples.map(({ title }) => title)).map((title) => {
    const own = samples.filter((sample) => sample.title === title);
    return [`\`${title}\``, cell(own), ratio(medianOf(own), bare)];
  });
  return `## Start\n\n${table([["", "ms", "beside node"], ...rows])}`;
}

/**
 * @param {readonly Sample[]} samples
 * @param {number} files
 */
function treeOf(samples, files) {
  const rows = unique([...steps, ...samples].map(({ title }) => title)).flatMap((title) =>
    unique(samples.map(({ rtt }) => rtt)).flatMap((rtt) => {
      const at = samples.filter(
        (sample) => sample.title === title && sample.rtt === rtt && sample.files === files,
      );
      return at.length === 0 ? [] : [[title, String(rtt), ...columnsOf(at)]];
    }),
  );
  return `## A tree of ${files.toLocaleString("en")} files\n\n${table([["", "RTT", ...titles, "script / igor", "rsync + master / igor"], ...rows])}`;
}

/** @param {readonly Sample[]} at the samples of one step at one round-trip time */
function columnsOf(at) {
  const of = (/** @type {string} */ title) => at.filter(({ contender }) => contender === title);
  const igor = medianOf(of("igor"));
  return [
    ...titles.map((title) => cell(of(title))),
    ratio(medianOf(of("script")), igor),
    ratio(medianOf(of("rsync -az + master")), igor),
  ];
}

/** @param {readonly Sample[]} samples */
function hostsOf(samples) {
  if (samples.length === 0) return "";
  const some = titles.filter((title) => samples.some(({ contender }) => contender === title));
  const rows = unique(samples.map(({ title }) => title)).flatMap((title) => {
    const own = samples.filter((sample) => sample.title === title);
    const igorOn = (/** @type {number} */ count) =>
      medianOf(own.filter(({ contender, hosts }) => contender === "igor" && hosts === count));
    return unique(own.map(({ hosts }) => hosts)).map((count) => [
      title,
      String(count),
      ...some.map((name) =>
        cell(own.filter(({ contender, hosts }) => contender === name && hosts === count)),
      ),
      ratio(igorOn(count), igorOn(1)),
    ]);
  });
  return `## Several hosts, RTT ${samples[0]?.rtt} ms\n\n${table([["", "hosts", ...some, "igor / igor on one"], ...rows])}`;
}

/** @param {readonly Sample[]} samples */
function costsOf(samples) {
  if (samples.length === 0) return "";
  const rows = samples.map(({ title, files, contender, hosts, ms, bytes }) => [
    title,
    files.toLocaleString("en"),
    String(hosts),
    contender,
    ms.toFixed(0),
    bytes?.toLocaleString("en") ?? "",
  ]);
  const head = ["", "files", "hosts", "", "processor of the laptop, ms", "bytes on the line"];
  return `## Beside time\n\nOne run each. Bytes are those of IP, both ways. The processor time is without that of the shared connection.\n\n${table([head, ...rows])}`;
}

/** @param {readonly Sample[]} samples */
function debugOf(samples) {
  if (samples.length === 0) return "";
  const some = unique(samples.map(({ contender }) => contender));
  const rows = unique(samples.map(({ title }) => title)).flatMap((title) =>
    unique(samples.map(({ rtt }) => rtt)).map((rtt) => {
      const at = samples.filter((sample) => sample.title === title && sample.rtt === rtt);
      const of = (/** @type {string} */ name) => at.filter(({ contender }) => contender === name);
      const [igor = "", other = ""] = some;
      const beside = ratio(medianOf(of(other)), medianOf(of(igor)));
      return [title, String(rtt), ...some.map((name) => cell(of(name))), beside];
    }),
  );
  return `## Debugging\n\nA step is with threads, stack, scopes and local variables, one after the other; lines are from the first to the end of the program.\n\n${table([["", "RTT", ...some, "debugpy / igor"], ...rows])}`;
}

/** What the project wants to reach (times at RTT 50). @param {readonly Sample[]} samples */
function goalsOf(samples) {
  const of = (/** @type {Partial<Sample>} */ wanted) =>
    medianOf(
      samples.filter((sample) =>
        Object.entries(wanted).every(([key, value]) => Reflect.get(sample, key) === value),
      ),
    );
  const at50 = { rtt: 50, part: /** @type {const} */ ("tree") };
  const setup = { ...at50, files: 2000, title: "docker setup, one file changed" };
  const push = { ...at50, files: 50_000, title: "push, one file changed" };
  const onHosts = { part: /** @type {const} */ ("hosts"), contender: "igor" };
  const goals = [
    [
      "setup, one file changed, 2,000 files, beside the script",
      "at least 12x",
      over(of({ ...setup, contender: "script" }), of({ ...setup, contender: "igor" })),
    ],
    [
      "one-file push, 50,000 files, beside `rsync -az` over a warm master",
      "at least 5x, 8x wanted",
      over(of({ ...push, contender: "rsync -az + master" }), of({ ...push, contender: "igor" })),
    ],
    [
      "a save with `push --watch`, 50,000 files, beside `rsync -az` over a warm master",
      "at least 40x",
      over(
        of({ ...push, contender: "rsync -az + master" }),
        of({ ...push, title: "a save with push --watch", contender: "igor" }),
      ),
    ],
    ...[2000, 50_000].flatMap((files) =>
      [
        {
          what: "a push in Neovim, from the key to the message",
          title: "a push in Neovim, one file changed",
          goal: "at most 80 ms",
        },
        {
          what: "a setup in Neovim, from the key to the message",
          title: "a setup in Neovim with nothing to do",
          goal: "at most 110 ms",
        },
      ].map(({ what, title, goal }) => [
        `${what}, ${files.toLocaleString("en")} files`,
        goal,
        milliseconds(of({ ...at50, files, title })),
      ]),
    ),
    [
      "first push, 50,000 files, beside `rsync -az` over a warm master",
      "at least 1x",
      over(
        of({ ...push, title: "first push", contender: "rsync -az + master" }),
        of({ ...push, title: "first push", contender: "igor" }),
      ),
    ],
    ...[
      { hosts: 8, goal: "at most 1.5x" },
      { hosts: 32, goal: "at most 3x" },
    ].map(({ hosts, goal }) => [
      `push to ${hosts} hosts beside one`,
      goal,
      over(
        of({ ...onHosts, hosts, title: push.title }),
        of({ ...onHosts, hosts: 1, title: push.title }),
      ),
    ]),
    [
      "`igor help` beside `node -e 0`",
      "at most 1.3x",
      over(of({ title: "igor help" }), of({ title: "node -e 0" })),
    ],
    [
      "`igor --version` beside `node -e 0`",
      "at most 1.3x",
      over(of({ title: "igor --version" }), of({ title: "node -e 0" })),
    ],
    [
      "push to two hosts beside one",
      "at most 1.2x",
      over(
        of({ ...onHosts, hosts: 2, title: push.title }),
        of({ ...onHosts, hosts: 1, title: push.title }),
      ),
    ],
    [
      "setup on two hosts beside one",
      "at most 1.2x",
      over(
        of({ ...onHosts, hosts: 2, title: setup.title }),
        of({ ...onHosts, hosts: 1, title: setup.title }),
      ),
    ],
  ];
  const debug = (/** @type {Partial<Sample>} */ of_) => of({ part: "debug", ...of_ });
  const atBreakpoint = { title: "debug: command to breakpoint", contender: "igor" };
  const lines = { title: "debug: 30,000 lines printed" };
  goals.push(
    [
      "from `igor dap` to the stop at a breakpoint, at no distance",
      "at most 1500 ms",
      milliseconds(debug({ ...atBreakpoint, rtt: 0 })),
    ],
    [
      "from `igor dap` to the stop at a breakpoint",
      "at most 2000 ms",
      milliseconds(debug({ ...atBreakpoint, rtt: 50 })),
    ],
    [
      "a step of the debugger with all that is shown",
      "at most 75 ms",
      milliseconds(debug({ title: "debug: a step", contender: "igor", rtt: 50 })),
    ],
    [
      "30,000 lines that a program prints, beside debugpy over ssh",
      "at most 1.3x",
      over(
        debug({ ...lines, contender: "igor", rtt: 50 }),
        debug({ ...lines, contender: "debugpy over ssh", rtt: 50 }),
      ),
    ],
  );
  const rows = goals.flatMap(([what = "", goal = "", value]) =>
    value === undefined ? [] : [[what, goal, value]],
  );
  return rows.length === 0
    ? ""
    : `## Goals, RTT 50 ms\n\n${table([["", "goal", "here"], ...rows])}`;
}

/**
 * @param {number} above
 * @param {number} below
 */
function over(above, below) {
  return Number.isNaN(above / below) ? undefined : ratio(above, below);
}

/** @param {number} ms */
function milliseconds(ms) {
  return Number.isNaN(ms) ? undefined : `${ms.toFixed(0)} ms`;
}

/** @param {readonly Sample[]} samples */
function medianOf(samples) {
  return median(samples.map(({ ms }) => ms));
}

/** @param {readonly Sample[]} samples */
function cell(samples) {
  if (samples.length === 0) return "";
  const values = samples.map(({ ms }) => ms);
  const shown = [median(values), Math.min(...values), Math.max(...values)].map((ms) =>
    ms.toFixed(0),
  );
  return `${shown[0]} (${shown[1]} to ${shown[2]})`;
}

/**
 * @param {number} above
 * @param {number} below
 */
function ratio(above, below) {
  const value = above / below;
  return Number.isNaN(value) ? "" : `${value.toFixed(value < 3 ? 2 : 1)}x`;
}

/** @param {readonly (readonly string[])[]} rows */
function table(rows) {
  const [head = [], ...rest] = rows;
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rest.map(line),
  ].join("\n");
}

/**
 * @template T
 * @param {readonly T[]} values
 */
function unique(values) {
  return [...new Set(values)];
}
