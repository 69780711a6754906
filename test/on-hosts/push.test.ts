import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";

const laptop = aLaptop();
afterAll(() => laptop.close());

/** Path to content (or `-> target`) of everything in the project's directory on the host but igor's own. */
async function onApollo({ hostDir }: TestProject): Promise<Record<string, string>> {
  const program = `
import os, sys, json
os.chdir(sys.argv[1]); found = {}
for base, dirs, files in os.walk('.'):
    if base == './.igor': dirs[:] = [d for d in dirs if d != 'host']
    for name in files + [d for d in dirs if os.path.islink(os.path.join(base, d))]:
        path = os.path.join(base, name)[2:]
        found[path] = '-> ' + os.readlink(path) if os.path.islink(path) else open(path, encoding='utf-8', newline='').read()
print(json.dumps(found))`;
  const { stdout } = await onHost("apollo", ["python3", "-c", program, hostDir]);
  const { ".igor/config.json": _, ...files } = JSON.parse(stdout) as Record<string, string>;
  return files;
}

async function push(project: TestProject, ...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await laptop.igor(project, ["push", ...words]);
  expect(`${String(exitCode)} ${stdout}${stderr}`).toMatch(/^0 /);
  return stderr;
}

/** Every name there can be. */
const names = [
  "with space",
  "new\nline",
  "quo'te",
  'dou"ble',
  "$(touch x)",
  "`id`",
  "-rf",
  "--",
  "back\\slash",
  "tab\there",
  "ünïcode/дом/家.py",
  "*",
  "?",
  "[a]",
  "~",
  "#hash",
  ";semicolon",
  "line\n1",
  " lead",
  "trail ",
  "a\\012b",
  "!bang",
  "%s%n",
  ...["x".repeat(120), `deep/${"y".repeat(100)}/${"z".repeat(120)}`],
];

const onHostAs = (project: TestProject, script: string) =>
  onHost("apollo", ["sh", "-ec", `cd "$1"; ${script}`, "sh", project.hostDir], { user: "dino" });

describe("a push", () => {
  test("brings new, changed and deleted files, links, modes and empty files", async () => {
    const project = aProject({
      "a.py": "1\n",
      "d/b.py": "2\n",
      "d/empty": "",
      link: { to: "d/b.py" },
      "run.sh": "#!/bin/sh\n",
    });
    chmodSync(join(project.root, "run.sh"), 0o755);
    await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "1\n",
      "d/b.py": "2\n",
      "d/empty": "",
      link: "-> d/b.py",
      "run.sh": "#!/bin/sh\n",
    });
    expect((await onHostAs(project, "stat -c %a run.sh a.py")).stdout).toBe("755\n644\n");
    project.write({ "a.py": "changed\n", "new/deep/c.py": "3\n", link: { to: "a.py" } });
    project.remove("d");
    await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "changed\n",
      "new/deep/c.py": "3\n",
      link: "-> a.py",
      "run.sh": "#!/bin/sh\n",
    });
    expect((await onHostAs(project, "ls -d d || true")).stdout).toBe("");
  });

  test("sends nothing and says so when nothing changed", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    expect(await push(project)).toContain("nothing to push");
  });

  test("brings everything back when the directory was emptied on the host", async () => {
    const project = aProject({ "a.py": "1\n", "d/b.py": "2\n" });
    await push(project);
    await onHostAs(project, "rm -r ./*");
    project.write({ "a.py": "3\n" });
    await push(project);
    expect(await onApollo(project)).toEqual({ "a.py": "3\n", "d/b.py": "2\n" });
    await onHostAs(project, "rm -r ./*");
    await push(project);
    expect(await onApollo(project)).toEqual({ "a.py": "3\n", "d/b.py": "2\n" });
    expect(await push(project)).toContain("nothing to push");
  });

  test("heals what a host lost that stopped before all was on its disk", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    project.write({ "b.py": "2\n" });
    await push(project);
    await onHostAs(
      project,
      ': >b.py; read -r g boot host <.igor/host/generation; echo "$g $boot-before $host" >.igor/host/generation',
    );
    await push(project);
    expect(await onApollo(project)).toEqual({ "a.py": "1\n", "b.py": "2\n" });
    expect(await push(project)).toContain("nothing to push");
  });

  test("sends a change of the mode alone", async () => {
    const project = aProject({ "run.sh": "#!/bin/sh\n" });
    await push(project);
    chmodSync(join(project.root, "run.sh"), 0o755);
    await push(project);
    expect((await onHostAs(project, "stat -c %a run.sh")).stdout).toBe("755\n");
  });

  test("brings every name there can be", async () => {
    const files = Object.fromEntries(names.map((name, index) => [name, `${String(index)}\n`]));
    const project = aProject({
      ...files,
      "link $(x)": { to: "target with\nnewline \\ and 'quote'" },
    });
    await push(project);
    const found = await onApollo(project);
    expect(found).toEqual({ ...files, "link $(x)": "-> target with\nnewline \\ and 'quote'" });
    for (const name of names) project.write({ [name]: `again ${name}` });
    project.write({ "link $(x)": { to: "other" } });
    await push(project);
    expect(await onApollo(project)).toEqual({
      ...Object.fromEntries(names.map((name) => [name, `again ${name}`])),
      "link $(x)": "-> other",
    });
    for (const name of names) project.remove(name);
    project.remove("deep");
    project.remove("link $(x)");
    project.remove("ünïcode");
    await push(project);
    expect(await onApollo(project)).toEqual({});
  });

  test("turns a file into a directory and back, also where a link was", async () => {
    const project = aProject({ a: "file\n", b: { to: "a" }, "c/x": "1\n" });
    await push(project);
    project.remove("a");
    project.remove("b");
    project.remove("c");
    project.write({ "a/inner": "1\n", "b/inner": "2\n", c: "file\n" });
    await push(project);
    expect(await onApollo(project)).toEqual({ "a/inner": "1\n", "b/inner": "2\n", c: "file\n" });
    project.remove("a");
    project.remove("b");
    project.write({ a: "file\n", b: { to: "a" } });
    await push(project);
    expect(await onApollo(project)).toEqual({ a: "file\n", b: "-> a", c: "file\n" });
  });

  test("follows a rename of the case alone", async () => {
    const project = aProject({ "Readme.md": "1\n" });
    await push(project);
    renameSync(join(project.root, "Readme.md"), join(project.root, "README.md"));
    await push(project);
    expect(await onApollo(project)).toEqual({ "README.md": "1\n" });
  });

  test("sends a file that was saved again within the same moment with the same size", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    for (const text of ["2\n", "3\n", "4\n"]) {
      project.write({ "a.py": text });
      await push(project);
      expect(await onApollo(project)).toEqual({ "a.py": text });
    }
  });

  test("reaches several hosts at once, and one that cannot be reached does not stop the other", async () => {
    const base = "/home/dino/igor tests";
    const project = aProject(
      { "a.py": "1\n" },
      {
        host_groups: {
          dev: {
            hosts: [
              { host: "nowhere.invalid", dir: base },
              { host: "apollo", dir: base },
            ],
          },
        },
      },
    );
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("nowhere.invalid");
    expect(await onApollo(project)).toEqual({ "a.py": "1\n" });
  });

  test("of many files brings every name there can be", async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `many/${String(index)}`);
    const files = Object.fromEntries([...names, ...many].map((name) => [name, `${name}\n`]));
    const project = aProject(files);
    await push(project);
    expect(await onApollo(project)).toEqual(files);
    for (const name of Object.keys(files)) project.write({ [name]: `again ${name}` });
    await push(project);
    expect(await onApollo(project)).toEqual(
      Object.fromEntries(Object.keys(files).map((name) => [name, `again ${name}`])),
    );
  });

  test("does not leave a file there that went away while others were sent", async () => {
    const many = Array.from(
      { length: 1100 },
      (_, index) => [`many/${String(index)}`, "too much for one frame".repeat(200)] as const,
    );
    const files = { "module.o": "o\n", ...Object.fromEntries(many) };
    const project = aProject(files);
    const bin = mkdtempSync(join(tmpdir(), "igor-rsync-"));
    const gone = join(project.root, "module.o");
    writeFileSync(
      join(bin, "rsync"),
      `#!/bin/sh\n/usr/bin/rsync "$@" || exit\n[ "$1" = --version ] || rm "${gone}"\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${bin}:${laptop.env["PATH"] ?? ""}` };
    expect((await laptop.igor(project, ["push"], { env })).exitCode).toBe(0);
    expect(await onApollo(project)).not.toHaveProperty("module.o");
    rmSync(bin, { recursive: true });
  });

  test("of many files that meets the tree of another checkout compares contents, whatever the times say", async () => {
    const many = Array.from({ length: 1100 }, (_, index): readonly [string, string] => [
      `d/${String(index)}`,
      "1\n",
    ]);
    const project = aProject({ ...Object.fromEntries(many), "version.txt": "1.2.3\n" });
    const file = join(project.root, "version.txt");
    const unpackedAt = new Date("2020-01-01T00:00:00Z");
    utimesSync(file, unpackedAt, unpackedAt);
    expect(await push(project)).toContain("1102 files pushed");
    project.write({ "version.txt": "1.2.4\n" });
    utimesSync(file, unpackedAt, unpackedAt);
    const another = aLaptop();
    const { exitCode, stderr } = await another.igor(project, ["push"]);
    await another.close();
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 [^]*kept aside[^]*version\.txt/);
    expect(await onApollo(project)).toHaveProperty(["version.txt"], "1.2.4\n");
  });

  test("of many files is one frame at first, then goes by rsync, and later ones by their difference alone", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1500 }, (_, index) => [
        `d${String(index % 30)}/f${String(index)}.py`,
        `${String(index)}\n`,
      ]),
    );
    const project = aProject(files);
    expect(await push(project)).toContain("1501 files pushed");
    expect(await onApollo(project)).toEqual(files);
    for (const path of Object.keys(files)) project.write({ [path]: "new\n" });
    await onHostAs(project, "echo mine >d0/f0.py; echo artefact >d1/out.log");
    const said = await push(project);
    expect(said).toContain("1500 files pushed");
    expect(said).toContain("d0/f0.py");
    expect(await onApollo(project)).toEqual({
      ...Object.fromEntries(Object.keys(files).map((path) => [path, "new\n"])),
      "d1/out.log": "artefact\n",
    });
    expect((await onHostAs(project, "cat .igor/host/conflicts/*/d0/f0.py")).stdout).toBe("mine\n");
  });
});

describe("which files are pushed", () => {
  const git = (cwd: string, ...words: readonly string[]) =>
    execFileSync(
      "git",
      ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "protocol.file.allow=always", ...words],
      { cwd, stdio: "pipe" },
    );

  test("git decides: nested and negated patterns, tracked files that are ignored, and never .git", async () => {
    const project = aProject({
      ".gitignore": "*.log\n!keep.log\nbuild/\n",
      "d/.gitignore": "secret\n",
      "d/secret": "s\n",
      "d/code.py": "c\n",
      "a.log": "no\n",
      "keep.log": "yes\n",
      "build/out": "no\n",
      "tracked.log": "tracked\n",
    });
    git(project.root, "init", "-q");
    git(project.root, "add", "-f", "tracked.log");
    await push(project);
    expect(Object.keys(await onApollo(project)).sort()).toEqual([
      ".gitignore",
      "d/.gitignore",
      "d/code.py",
      "keep.log",
      "tracked.log",
    ]);
  });

  test("another repository in the place of the checkout is another project", async () => {
    const project = aProject({ "old.py": "1\n" });
    const begin = (file: string): void => {
      git(project.root, "init", "-q");
      git(project.root, "add", file);
      git(project.root, "commit", "-qm", file);
    };
    begin("old.py");
    await push(project);
    project.remove(".git");
    project.remove("old.py");
    project.write({ "new.py": "1\n" });
    begin("new.py");
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("another git history")]);
    expect(Object.keys(await onApollo(project))).toContain("old.py");
  });

  test("a file is sent that changed and kept its size and its time", async () => {
    const project = aProject({ "package.json": "1.2.3\n" });
    const date = (): void =>
      utimesSync(join(project.root, "package.json"), 499_162_500, 499_162_500);
    date();
    await pause(30);
    await push(project);
    project.write({ "package.json": "1.2.4\n" });
    date();
    await push(project);
    expect(await onApollo(project)).toEqual({ "package.json": "1.2.4\n" });
  });

  test("submodules and nested repositories decide for themselves", async () => {
    const library = aProject({ "lib.py": "l\n", ".gitignore": "ignored\n" });
    git(library.root, "init", "-q");
    git(library.root, "add", "lib.py", ".gitignore");
    git(library.root, "commit", "-qm", "x");
    const project = aProject({
      "a.py": "1\n",
      "nested/n.py": "n\n",
      "nested/.gitignore": "junk\n",
      "nested/junk": "j\n",
    });
    git(project.root, "init", "-q");
    git(project.root, "submodule", "--quiet", "add", library.root, "sub");
    git(join(project.root, "nested"), "init", "-q");
    project.write({ "sub/ignored": "i\n", "sub/new.py": "n\n" });
    await push(project);
    expect(Object.keys(await onApollo(project)).sort()).toEqual([
      ".gitmodules",
      "a.py",
      "nested/.gitignore",
      "nested/n.py",
      "sub/.gitignore",
      "sub/lib.py",
      "sub/new.py",
    ]);
  });

  test("without git all are, but .igorignore and exclude hold; the dockerfile goes even if git ignores it", async () => {
    const project = aProject(
      { "a.py": "1\n", "data/big": "x\n", "out/r": "x\n", ".igorignore": "data/\n" },
      { exclude: ["out"] },
    );
    await push(project);
    expect(Object.keys(await onApollo(project)).sort()).toEqual([".igorignore", "a.py"]);
    const ignoring = aProject(
      { ".gitignore": "Dockerfile\nreq.txt\n", Dockerfile: "FROM x\n", "req.txt": "r\n" },
      { docker_rebuild_files: ["req.txt"] },
    );
    git(ignoring.root, "init", "-q");
    await push(ignoring);
    expect(Object.keys(await onApollo(ignoring)).sort()).toEqual([
      ".gitignore",
      "Dockerfile",
      "req.txt",
    ]);
  });

  test("a path that became ignored but still exists here is released, not deleted there", async () => {
    const project = aProject({ "a.py": "1\n", "model.bin": "m\n", "gone.bin": "g\n" });
    git(project.root, "init", "-q");
    await push(project);
    project.write({ ".gitignore": "*.bin\n" });
    project.remove("gone.bin");
    await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "1\n",
      "model.bin": "m\n",
      ".gitignore": "*.bin\n",
    });
    project.remove("model.bin");
    await push(project);
    expect(await onApollo(project)).toHaveProperty("model.bin", "m\n");
  });
});

describe("what igor did not put there", () => {
  test("stays when its directory is deleted here", async () => {
    const project = aProject({ "run/train.py": "1\n", "a.py": "1\n" });
    await push(project);
    await onHostAs(project, "echo result >run/result.txt; mkdir out; echo r >out/r");
    project.remove("run");
    await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "1\n",
      "run/result.txt": "result\n",
      "out/r": "r\n",
    });
  });

  test("is kept aside and reported when a file was changed on the host", async () => {
    const project = aProject({ "a.py": "1\n", "b.py": "1\n", "c.py": "1\n" });
    await push(project);
    await onHostAs(project, "echo host >a.py; echo host >b.py; echo host >c.py");
    project.write({ "a.py": "2\n" });
    project.remove("b.py");
    const said = await push(project);
    expect(said).toContain("a.py");
    expect(said).toContain("b.py");
    expect(await onApollo(project)).toEqual({ "a.py": "2\n", "c.py": "host\n" });
    expect(
      (await onHostAs(project, "cat .igor/host/conflicts/*/a.py .igor/host/conflicts/*/b.py"))
        .stdout,
    ).toBe("host\nhost\n");
  });

  test("is kept aside when it has the size and the second of ours", async () => {
    const project = aProject({ "a.py": "1\n" });
    utimesSync(join(project.root, "a.py"), 1_700_000_000, 1_700_000_000.25);
    await push(project);
    await onHostAs(project, "echo 9 >a.py; touch -d '@1700000000.75' a.py");
    project.write({ "a.py": "22\n" });
    await push(project);
    expect((await onHostAs(project, "cat .igor/host/conflicts/*/a.py")).stdout).toBe("9\n");
  });

  test("is kept aside when it is in the way of a new file, directory or link", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    await onHostAs(
      project,
      "echo h >new.py; mkdir -p dir.py; echo h >dir.py/x; echo h >sub; ln -s /etc there",
    );
    project.write({ "new.py": "n\n", "dir.py": "n\n", "sub/n.py": "n\n", there: { to: "a.py" } });
    const said = await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "1\n",
      "new.py": "n\n",
      "dir.py": "n\n",
      "sub/n.py": "n\n",
      there: "-> a.py",
    });
    expect(
      (
        await onHostAs(
          project,
          "cd .igor/host/conflicts/*; find . ! -type d | sort; readlink there",
        )
      ).stdout,
    ).toBe("./dir.py/x\n./new.py\n./sub\n./there\n/etc\n");
    for (const path of ["new.py", "dir.py", "sub", "there"]) expect(said).toContain(path);
  });

  test("a directory that became a link on the host is neither followed nor replaced", async () => {
    const project = aProject({ "data/a.py": "1\n", "b.py": "1\n" });
    await push(project);
    await onHostAs(
      project,
      "mkdir ../elsewhere-$$; mv data/a.py ../elsewhere-$$/; rmdir data; ln -s ../elsewhere-$$ data",
    );
    project.write({ "data/a.py": "2\n", "b.py": "2\n" });
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("data");
    expect((await onHostAs(project, "cat data/a.py b.py")).stdout).toBe("1\n1\n");
    project.remove("data");
    expect((await laptop.igor(project, ["push"])).exitCode).toBe(1);
    expect((await onHostAs(project, "cat data/a.py")).stdout).toBe("1\n");
  });
});

describe("where igor refuses to write", () => {
  test("a directory with files that igor did not put there, unless it is told to adopt it", async () => {
    const project = aProject({ "a.py": "1\n", "same.py": "same\n" });
    await onHost(
      "apollo",
      [
        "sh",
        "-ec",
        'mkdir -p "$1"; cd "$1"; echo mine >a.py; echo same >same.py; echo other >other.py',
        "sh",
        project.hostDir,
      ],
      { user: "dino" },
    );
    const refused = await laptop.igor(project, ["push"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("--adopt");
    expect(await onApollo(project)).toEqual({
      "a.py": "mine\n",
      "same.py": "same\n",
      "other.py": "other\n",
    });
    const said = await push(project, "--adopt");
    expect(said).toContain("a.py");
    expect(said).not.toContain("same.py");
    expect(await onApollo(project)).toEqual({
      "a.py": "1\n",
      "same.py": "same\n",
      "other.py": "other\n",
    });
    expect(
      (await onHostAs(project, "cat .igor/host/conflicts/*/a.py; ls .igor/host/conflicts/*"))
        .stdout,
    ).toBe("mine\na.py\n");
    project.remove("same.py");
    await push(project);
    expect(await onApollo(project)).toEqual({ "a.py": "1\n", "other.py": "other\n" });
  });

  test("and of many files keeps aside one that only has the size and time of ours", async () => {
    const many = Array.from({ length: 1100 }, (_, index) => `many/${String(index)}`);
    const project = aProject(Object.fromEntries(["a.py", ...many].map((path) => [path, "aaaa"])));
    utimesSync(join(project.root, "a.py"), 1_700_000_000, 1_700_000_000);
    await onHost(
      "apollo",
      [
        "sh",
        "-ec",
        'mkdir -p "$1"; cd "$1"; printf bbbb >a.py; touch -d @1700000000 a.py',
        "sh",
      ].concat(project.hostDir),
      { user: "dino" },
    );
    expect(await push(project, "--adopt")).toContain("a.py");
    expect((await onHostAs(project, "cat a.py .igor/host/conflicts/*/a.py")).stdout).toBe(
      "aaaabbbb",
    );
  });

  test.each([
    ["the home directory", "/home", "dino"],
    ["a directory above it", "/", "home"],
  ])("%s", async (_, dir, name) => {
    const project = aProject(
      { "a.py": "1\n" },
      { project: name, host_groups: { dev: { hosts: [{ host: "apollo", dir }] } } },
    );
    const { exitCode, stderr } = await laptop.igor(project, ["push", "--adopt"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/home/);
  });

  test("a directory that holds another project", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    await onHostAs(project, "sed -i s/^project.*/project\\ another/ .igor/host/marker");
    project.write({ "a.py": "2\n" });
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("another");
    expect(await onApollo(project)).toEqual({ "a.py": "1\n" });
  });

  test("a directory of another user", async () => {
    const project = aProject(
      { "a.py": "1\n" },
      { host_groups: { dev: { hosts: [{ host: "apollo", dir: "/srv/shared" }] } } },
    );
    await onHost(
      "apollo",
      `mkdir -p -m 1777 /srv/shared; mkdir -p /srv/shared/${project.name}/.igor/host; echo x >/srv/shared/${project.name}/f; chown -R mallory /srv/shared/${project.name}; chmod -R a+rwX /srv/shared/${project.name}`,
    );
    const { exitCode, stderr } = await laptop.igor(project, ["push", "--adopt"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("mallory");
  });

  test("a link that leads out of the named directory", async () => {
    const project = aProject({ "a.py": "1\n" });
    await onHost(
      "apollo",
      [
        "sh",
        "-ec",
        'mkdir -p "${1%/*}" /home/dino/outside; ln -s /home/dino/outside "$1"',
        "sh",
        project.hostDir,
      ],
      { user: "dino" },
    );
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("/home/dino/outside");
    expect((await onHost("apollo", "ls -A /home/dino/outside")).stdout).toBe("");
  });
});

describe("two checkouts of one project", () => {
  test("the second one is announced, deletes nothing, and keeps aside what differs", async () => {
    const project = aProject({ "a.py": "first\n", "b.py": "same\n", "only-first.py": "1\n" });
    await push(project);
    const second = aProject({ "a.py": "second\n", "b.py": "same\n" }, { project: project.name });
    const other = aLaptop();
    const { exitCode, stderr } = await other.igor(second, ["push"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(project.root);
    expect(stderr).toContain("a.py");
    expect(stderr).toContain("left alone 1 file");
    expect(await onApollo(project)).toEqual({
      "a.py": "second\n",
      "b.py": "same\n",
      "only-first.py": "1\n",
    });
    expect((await onHostAs(project, "cat .igor/host/conflicts/*/a.py")).stdout).toBe("first\n");
    project.write({ "a.py": "third\n" });
    await push(project);
    expect(await onApollo(project)).toEqual({
      "a.py": "third\n",
      "b.py": "same\n",
      "only-first.py": "1\n",
    });
    await other.close();
  });
});

describe("the lock of the tree", () => {
  test("two pushes at once both arrive, one after the other", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    project.write({ "a.py": "2\n", "b.py": "2\n" });
    const both = await Promise.all([
      laptop.igor(project, ["push"]),
      laptop.igor(project, ["push"]),
    ]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await onApollo(project)).toEqual({ "a.py": "2\n", "b.py": "2\n" });
    expect(await push(project)).toContain("nothing to push");
  });

  test("of a process that is gone is taken over, and one of another boot", async () => {
    const project = aProject({ "a.py": "1\n" });
    await push(project);
    for (const owner of [
      "99999 1 - apollo",
      "1 1 another-boot apollo",
      "$$ 1 $(cat /proc/sys/kernel/random/boot_id) apollo",
    ]) {
      await onHostAs(project, `echo "${owner}" >.igor/host/lock`);
      project.write({ "a.py": `${owner}\n` });
      await push(project);
      expect(await onApollo(project)).toEqual({ "a.py": `${owner}\n` });
    }
  });
});

test("a tree of files is scanned through a symbolic link to the project", async () => {
  const project = aProject({ "a.py": "1\n" });
  const link = `${project.root}-link`;
  execFileSync("ln", ["-s", project.root, link]);
  mkdirSync(join(project.root, "sub"));
  writeFileSync(join(project.root, "sub", "b.py"), "2\n");
  const { exitCode } = await laptop.igor({ root: `${link}/sub` }, ["push"]);
  expect(exitCode).toBe(0);
  expect(await onApollo(project)).toEqual({ "a.py": "1\n", "sub/b.py": "2\n" });
});
