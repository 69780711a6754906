import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { escapePath } from "../../src/remote/frame.ts";
import imagePart from "../../src/remote/programs/image.sh";
import sayPart from "../../src/remote/programs/say.sh";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalShell } from "../support/local-shells.ts";

const place = mkdtempSync(join(tmpdir(), "igor-args-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const engine = join(place, "engine");
writeFileSync(
  engine,
  `#!/bin/sh\ncat /proc/$$/environ >'${place}/environ'\ncat /proc/$$/cmdline >'${place}/cmdline'\n`,
  { mode: 0o755 },
);

/** What the engine is started with, when an image is built with these arguments. */
function started(shell: LocalShell, buildArgs: Readonly<Record<string, string>>) {
  const inputs = {
    ...{ in_engine: engine, in_image: "i:igor", in_image_hash: "h", in_owner: "o" },
    ...{ in_project: "p", in_dockerfile: "Dockerfile", in_image_inputs: "" },
    in_build_args: Object.entries(buildArgs)
      .map(([name, value]) => escapePath(`${name}=${value}`))
      .join("\n"),
  };
  const parts = [sayPart, imagePart, `build_dir=${place} build_session=\nrun_build build\n`];
  expect(runLocally(shell, { parts, inputs, cwd: place })).toMatchObject({
    exitCode: 0,
    stdout: "",
  });
  const words = (name: string) => readFileSync(join(place, name), "utf8").split("\0").slice(0, -1);
  return { environment: words("environ"), words: words("cmdline") };
}

describe.each(localShells)("a build argument, in $name,", (shell) => {
  test("is on no command line, where its name means nothing to a program of the host", () => {
    const value = "$(touch x); 'a b' \\n";
    const { environment, words } = started(shell, { HF_TOKEN: value, VERSION: "1" });
    expect(environment).toEqual(expect.arrayContaining([`HF_TOKEN=${value}`, "VERSION=1"]));
    expect(words.slice(2)).toEqual([
      ...["build", "--build-arg", "HF_TOKEN", "--build-arg", "VERSION"],
      join(place, "context"),
    ]);
  });

  test("is not in the environment of the engine, where its name means something there", () => {
    const names = [
      ...[
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_KEY_0",
        "GIT_SSH_COMMAND",
        "GIT_EXEC_PATH",
        "SSH_ASKPASS",
      ],
      ...["LD_PRELOAD", "PATH", "IFS", "ENV", "BASH_ENV", "DOCKER_HOST", "DOCKER_CONFIG", "PAGER"],
      ...["BUILDX_CONFIG", "HOME", "XDG_CONFIG_HOME", "GODEBUG", "https_proxy", "HTTP_PROXY"],
      ...["GLIBC_TUNABLES", "GCONV_PATH", "LC_ALL", "CONTAINERS_CONF", "REGISTRY_AUTH_FILE"],
    ];
    const { environment, words } = started(
      shell,
      Object.fromEntries(names.map((name) => [name, "/hostile"])),
    );
    expect(environment.filter((line) => line.includes("hostile"))).toEqual([]);
    expect(words.filter((word) => word.endsWith("=/hostile"))).toHaveLength(names.length);
  });
});
