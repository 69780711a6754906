import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeWord } from "../../src/remote/frame.ts";
import sayPart from "../../src/remote/programs/say.sh";
import targetPart from "../../src/remote/programs/target.sh";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalRun, LocalShell } from "../support/local-shells.ts";
import { writeThings } from "../support/tree.ts";

let place = "";
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "igor-target-")));
  mkdirSync(join(place, "home"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const word = (text: string) => Buffer.from(text).toString("base64");
const report = 'printf "%s|%s|%s" "$root" "$generation" "$fresh"';

function open(shell: LocalShell, inputs: Readonly<Record<string, string>> = {}): LocalRun {
  const all = {
    in_base: join(place, "base"),
    in_dir: join(place, "base/mnist"),
    in_project: "mnist",
    in_commit: "c1",
    in_source: word("laptop"),
    ...inputs,
  };
  return runLocally(shell, {
    parts: [sayPart, targetPart, "open_target", report],
    inputs: all,
    cwd: join(place, "home"),
  });
}

/** The reason of a refusal, and its words. */
const refusal = ({ exitCode, events }: LocalRun) => {
  expect(exitCode).toBe(1);
  const [, reason = "", ...words] = events.at(-1)?.split(" ") ?? [];
  return reason === "target-refused"
    ? [words[0], ...words.slice(1).map(decodeWord)]
    : [reason, ...words.map(decodeWord)];
};
const at = (...parts: readonly string[]) => join(place, ...parts);

describe.each(localShells)("the directory on the host, in $name,", (shell) => {
  test("is made when it is missing, with a marker, for its owner alone", () => {
    expect(open(shell)).toMatchObject({
      exitCode: 0,
      stdout: `${at("base/mnist")}|-|1`,
      stderr: "",
    });
    expect(readFileSync(at("base/mnist/.igor/host/marker"), "utf8")).toBe(
      `project mnist\ncommit c1\nsource ${word("laptop")}\n`,
    );
    writeFileSync(at("base/mnist/.igor/host/generation"), "g7\n");
    writeFileSync(at("base/mnist/a.py"), "1");
    expect(open(shell)).toMatchObject({
      exitCode: 0,
      stdout: `${at("base/mnist")}|g7|`,
      events: [],
    });
  });

  test("is at no generation that was written before the machine was started again", () => {
    open(shell);
    writeFileSync(at("base/mnist/a.py"), "1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const generationOf = (line: string) => {
      writeFileSync(at("base/mnist/.igor/host/generation"), `${line}\n`);
      return open(shell).stdout.split("|")[1];
    };
    expect(generationOf(`g7 ${boot} ${hostname()}`)).toBe("g7");
    expect(generationOf(`g7 another-boot ${hostname()}`)).toBe("-");
    expect(generationOf("g7 another-boot another-machine")).toBe("g7");
  });

  test("is at no generation when it was emptied", () => {
    open(shell);
    writeFileSync(at("base/mnist/.igor/host/generation"), "g7\n");
    expect(open(shell).stdout.split("|")[1]).toBe("-");
  });

  test("may be named with a tilde", () => {
    expect(open(shell, { in_base: "~/x", in_dir: "~/x/mnist" }).stdout).toBe(
      `${at("home/x/mnist")}|-|1`,
    );
    expect(open(shell, { in_base: "~", in_dir: "~/mnist" }).stdout).toBe(`${at("home/mnist")}|-|1`);
  });

  test("may be reached through links above it", () => {
    mkdirSync(at("real"));
    symlinkSync(at("real"), at("base"));
    expect(open(shell).stdout).toBe(`${at("real/mnist")}|-|1`);
  });

  test.each<[string, Record<string, string>, () => void, () => readonly string[]]>([
    ["the root directory", { in_base: "/", in_dir: "/" }, () => undefined, () => ["root", "/"]],
    [
      "a path that climbs",
      { in_dir: "/tmp/../etc" },
      () => undefined,
      () => ["root", "/tmp/../etc"],
    ],
    [
      "a file",
      {},
      () => writeThings(at("base"), { mnist: "1" }),
      () => ["not-a-directory", at("base/mnist")],
    ],
    [
      "a directory with files of others",
      {},
      () => writeThings(at("base/mnist"), { ".hidden": "1" }),
      () => ["has-files", at("base/mnist")],
    ],
    [
      "a link that leads out",
      {},
      () => {
        mkdirSync(at("base"));
        mkdirSync(at("other"));
        symlinkSync(at("other"), at("base/mnist"));
      },
      () => ["outside", at("base/mnist"), at("other")],
    ],
    [
      "igor's own directory as a link",
      {},
      () => {
        writeThings(at("base/mnist"), { "x/host/marker": "" });
        symlinkSync("x", at("base/mnist/.igor"));
      },
      () => ["symlink-in-the-way", ".igor"],
    ],
  ])("is refused when it is %s", (_, inputs, prepare, expected) => {
    prepare();
    expect(refusal(open(shell, inputs))).toEqual(expected());
    expect(existsSync(at("base/mnist/.igor/host"))).toBe(existsSync(at("base/mnist/x/host")));
  });

  test("is refused when it is the home directory, or one above it", () => {
    expect(refusal(open(shell, { in_base: place, in_dir: at("home") }))[0]).toBe("root");
    expect(refusal(open(shell, { in_base: "/", in_dir: place }))[0]).toBe("home");
  });

  test("of another project or another history is refused, unless it is adopted", () => {
    open(shell);
    expect(refusal(open(shell, { in_project: "cifar" }))).toEqual([
      "other-project",
      at("base/mnist"),
      "mnist",
    ]);
    expect(refusal(open(shell, { in_commit: "c2" }))[0]).toBe("other-project");
    expect(open(shell, { in_project: "cifar", in_adopt: "1" }).exitCode).toBe(0);
    expect(readFileSync(at("base/mnist/.igor/host/marker"), "utf8")).toContain("project cifar\n");
  });

  test("tells when another laptop or checkout pushed there before", () => {
    open(shell);
    expect(open(shell, { in_source: word("other laptop") }).events).toEqual([
      `new-source ${word("laptop")}`,
    ]);
    expect(open(shell, { in_source: word("other laptop") }).events).toEqual([]);
  });
});
