import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model/event.ts";
import { projectOf } from "../../src/project/config-project.ts";
import { configSchema } from "../../src/project/config-schema.ts";
import { journalJson, secretsOf } from "../../src/project/journal-secrets.ts";
import { journalDir, openJournal } from "../../src/project/journal.ts";
import { journalFiles, readJournalFile, summaryOf } from "../../src/project/journal-read.ts";
import { useOwnStateHome } from "../support/state-home.ts";

const state = useOwnStateHome();

const root = "/home/me/toy";
const none = new Map<string, string>();
const head = { igor: "1.2.3", request: ["push"], project: "toy", hosts: ["apollo"] };
const output = (line: string): Event => ({
  type: "output",
  host: "apollo",
  stream: "stdout",
  line,
  at: 2,
});
const open = (at: number) => openJournal(root, { ...head, at }, none);

describe("a journal", () => {
  test("holds what happened as it happens, for its owner alone", () => {
    const journal = open(Date.UTC(2026, 10, 22, 6, 2, 58, 123));
    journal.add({ type: "plan-started", title: "push toy", hosts: ["apollo"], at: 1 });
    const [file = ""] = journalFiles(root);
    expect(file).toBe(join(journalDir(root), `20261122-060258.123-${String(process.pid)}.ndjson`));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(journalDir(root)).mode & 0o777).toBe(0o700);
    expect(readJournalFile(file)).toMatchObject({
      ok: true,
      value: { events: [{ type: "plan-started" }], ended: undefined, isRunning: true },
    });
    journal.end({ outcome: "failed", exitCode: 3, at: 5 });
    expect(summaryOf(file)).toMatchObject({
      started: { ...head, pid: process.pid, node: process.versions.node },
      ended: { outcome: "failed", exitCode: 3, at: 5 },
      isRunning: false,
    });
  });

  test("has lines like those of --json", () => {
    const journal = open(1);
    journal.add({ type: "plan-ended", at: 7 });
    const [file = ""] = journalFiles(root);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines[1]).toBe('{"version":1,"type":"plan-ended","at":7}');
  });

  test("leaves out the bytes of the user's own command", () => {
    const journal = open(1);
    journal.add({ ...output("my result"), of: "command" } as Event);
    journal.add(output("a line of a build"));
    const [file = ""] = journalFiles(root);
    expect(readJournalFile(file)).toHaveProperty("value.events", [output("a line of a build")]);
  });

  test("of an igor that was killed is known as such, and a line that was cut short is left out", () => {
    open(1).add(output("whole"));
    const [file = ""] = journalFiles(root);
    const text = readFileSync(file, "utf8").replace(
      `"pid":${String(process.pid)}`,
      '"pid":4194305',
    );
    writeFileSync(file, `${text}{"version":1,"type":"plan-en`);
    expect(readJournalFile(file)).toMatchObject({
      value: { events: [output("whole")], ended: undefined, isRunning: false },
    });
  });

  test("is never that of another igor of the same moment", () => {
    const journals = [open(1), open(1), open(1)];
    for (const [index, journal] of journals.entries()) journal.add(output(String(index)));
    const lines = journalFiles(root).map((file) => {
      const read = readJournalFile(file);
      return read.ok ? read.value.events.map((event) => "line" in event && event.line) : [];
    });
    expect(lines).toEqual([["0"], ["1"], ["2"]]);
  });

  test("keeps the rest of what happened when there is too much output, and says how much is missing", () => {
    const journal = open(1);
    for (let index = 0; index < 1100; index += 1) journal.add(output("x".repeat(1000)));
    journal.add({ type: "step-ended", host: "apollo", step: "push", at: 6 });
    journal.add({ type: "plan-ended", at: 7 });
    journal.end({ outcome: "done", at: 8 });
    const [file = ""] = journalFiles(root);
    expect(statSync(file).size).toBeLessThan(1_010_000);
    const read = readJournalFile(file);
    expect(read).toMatchObject({ value: { ended: { outcome: "done" } } });
    if (!read.ok) return;
    expect(read.value.events.at(-1)).toEqual({ type: "plan-ended", at: 7 });
    expect(read.value.events.at(-2)).toMatchObject({ type: "step-ended" });
    const kept = read.value.events.length - 2;
    expect(kept + (read.value.ended?.leftOut ?? 0)).toBe(1100);
  });

  test("makes room: a hundred actions and ten megabytes are kept, the newest", async () => {
    for (let at = 0; at < 120; at += 1) open(at * 1000).end({ outcome: "done", at });
    await new Promise(setImmediate);
    const names = journalFiles(root);
    expect(names).toHaveLength(100);
    expect(names[0]).toContain("19700101-000020.000");
    writeFileSync(names[97] ?? "", "x".repeat(10_000_000));
    open(200_000);
    await new Promise(setImmediate);
    expect(readdirSync(journalDir(root))).toHaveLength(3);
  });

  test("that cannot be written stops nothing", () => {
    process.env["XDG_STATE_HOME"] = join(state(), "file");
    writeFileSync(join(state(), "file"), "");
    const nowhere = open(1);
    nowhere.add(output("a"));
    nowhere.end({ outcome: "done", at: 2 });
    expect(journalFiles(root)).toEqual([]);
  });

  test("of something else is refused", () => {
    const file = join(state(), "x.ndjson");
    writeFileSync(file, '{"type":"action-started","at":1}\n');
    expect(readJournalFile(file)).toMatchObject({
      failure: { reason: "journal-unreadable", file },
    });
    chmodSync(file, 0);
    expect(readJournalFile(state())).toMatchObject({ failure: { reason: "journal-unreadable" } });
  });
});

describe("without secrets", () => {
  const project = projectOf(
    configSchema.parse({
      host_groups: { dev: { hosts: [{ host: "apollo", dir: "~/d" }] } },
      env: {
        HF_TOKEN: "hf_0123456789",
        A: "1",
        KIND: "output",
        WANDB_KEY: null,
        PEM: null,
        UNSET: null,
        MASTER_ADDR: "apollo",
      },
      build_args: { INDEX: "sesame-open", LONGER: "sesame-open-wide" },
      docker_args: ["-e", "WANDB=0123456789abc", "--env=OTHER=another-one", "--memory=1000000g"],
    }),
    { root, configFile: "", defaultName: "toy", defaultDockerfile: "Dockerfile" },
  );
  const environment = new Map([
    ["WANDB_KEY", "wandb-98765"],
    ["PEM", "begin-pem\nmiddle-of-it\nend"],
  ]);
  const shown = (line: object) =>
    JSON.parse(journalJson(line, secretsOf(project, environment))) as unknown;
  const told = (line: string) => (shown({ line }) as { line: string }).line;

  test.each([
    ["login with hf_0123456789.", "login with (env HF_TOKEN)."],
    ["key wandb-98765", "key (env WANDB_KEY)"],
    ["| middle-of-it", "| (env PEM)"],
    ["ARG sesame-open-wide sesame-open", "ARG (build_args LONGER) (build_args INDEX)"],
    ["WANDB 0123456789abc another-one", "WANDB (docker_args WANDB) (docker_args OTHER)"],
    ["from https://me:pw@pypi.example/simple", "from https://…@pypi.example/simple"],
    ["from https://0123@pypi.example", "from https://…@pypi.example"],
    ["ENV MY_API_KEY=abc PATH=/bin", "ENV MY_API_KEY=… PATH=/bin"],
    ["export AWS_SECRET_ACCESS_KEY='abc'", "export AWS_SECRET_ACCESS_KEY='…'"],
    ['{"token": "abc", "n": 1}', '{"token": "…", "n": 1}'],
    ["RUN get --password abc --into x", "RUN get --password … --into x"],
  ])("%s", (line, without) => {
    expect(told(line)).toBe(without);
  });

  test.each([
    "Collecting tokenizers==0.15.1 (from -r requirements.txt (line 1))",
    "Step 3/7 : RUN pip install secretstorage==3 keyring",
    "unexpected token: )",
    "see https://pypi.example/a@b",
    "apt-key adv --keyserver hkp://keys.example",
    "1 output 1",
  ])("nothing is missing in: %s", (line) => {
    expect(told(line).replace("(env KIND)", "output")).toBe(line);
  });

  test("igor's own words stay, and of what runs in a container its name", () => {
    const failure = {
      reason: "container-in-use",
      processes: ["12 python train.py --key 1", "7 sh"],
    };
    expect(shown({ type: "output", failure })).toEqual({
      type: "output",
      failure: { reason: "container-in-use", processes: ["12 python …", "7 sh"] },
    });
  });

  test("the names of hosts stay, and what was asked, also where the configuration gives a container the same", () => {
    const started = { type: "action-started", request: ["push", "--host", "apollo"] };
    const line = { ...started, hosts: ["apollo"], project: "apollo" };
    expect(shown(line)).toEqual({ ...line, project: "(env MASTER_ADDR)" });
    expect(shown({ host: "apollo", left: ["apollo"] })).toEqual({
      host: "apollo",
      left: ["(env MASTER_ADDR)"],
    });
  });

  test("a line of a million letters is masked in a moment", () => {
    for (const letters of ["-", "-a", "_a", "token", "token-", "http://", "secret_="]) {
      const begin = performance.now();
      told(letters.repeat(1_000_000 / letters.length));
      expect(performance.now() - begin, letters).toBeLessThan(2000);
    }
  });
});
