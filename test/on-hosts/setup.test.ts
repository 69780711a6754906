import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { aHostProject, plainFiles, removeHostProjects } from "../support/container-host.ts";
import { shells } from "../support/run-program.ts";

afterAll(removeHostProjects);

describe.each(shells)("setup on %s", (shell) => {
  const project = aHostProject();

  test("builds the image, starts the container, and says why", async () => {
    const done = await project.run("setup", {}, { shell });
    expect(done.job).toEqual([
      "building no-image",
      `built dino-${project.name}:igor`,
      "gpus none",
      "container-started no-container",
    ]);
    expect(done.end).toMatch(/^END 0 \d+$/);
  });

  test("does nothing when nothing changed, and asks the engine once", async () => {
    await project.sh(
      `mkdir -p bin && printf '#!/bin/sh\\necho "$1 $2" >>${project.dir}/calls\\nexec /usr/bin/docker "$@"\\n' >bin/docker && chmod +x bin/docker`,
    );
    const done = await project.run(
      "setup",
      {},
      { shell, prepare: `PATH=${project.dir}/bin:$PATH` },
    );
    expect(done.events).toEqual(["unchanged", "image-up-to-date", "container-kept"]);
    expect(await project.sh("cat calls; rm -r calls bin")).toBe("container inspect\n");
  });

  test("rebuilds and replaces when an input changed, and names it", async () => {
    const files = { ...plainFiles, "requirements.txt": "numpy\ntorch\n" };
    const done = await project.run("setup", { files }, { shell });
    expect(done.job).toEqual([
      "building changed requirements.txt",
      `built dino-${project.name}:igor`,
      "gpus none",
      "container-replaced new-image",
    ]);
    expect(await project.inside("cat /requirements.txt")).toBe("numpy\ntorch\n");
    expect((await project.run("setup", { files }, { shell })).events).toContain("container-kept");
  });
});

describe("setup", () => {
  const failure = async (prepare: string, user: "dino" | "mallory" = "dino"): Promise<string> => {
    const project = aHostProject();
    const { events, exitCode } = await project.frame("setup", {}, { prepare, user });
    expect(exitCode).toBe(1);
    return events.at(-1) ?? "";
  };

  test("says when the engine is not there", async () => {
    const bare =
      "mkdir -p /tmp/bare; for f in /bin/*; do [ $f = /bin/docker ] || ln -sf $f /tmp/bare/; done; PATH=/tmp/bare";
    expect(await failure(bare)).toBe("failed engine-unavailable docker missing");
  });

  test("says when the daemon is stopped", async () => {
    const events = await failure("export DOCKER_HOST=unix:///run/no-such.sock");
    expect(events).toBe("failed engine-unavailable docker stopped");
  });

  test("says when the user may not use the engine, and has pushed", async () => {
    const project = aHostProject();
    await project.sh("chmod 755 /home/dino");
    const inputs = { in_base: "/home/mallory", in_dir: `/home/mallory/${project.name}` };
    const { events } = await project.frame("setup", { inputs }, { user: "mallory" });
    expect(events).toEqual(["unchanged", "failed engine-unavailable docker no-rights"]);
  });

  test("says within 12 seconds when the daemon is frozen", async () => {
    await onHost("apollo", "kill -STOP $(pidof dockerd)");
    try {
      const project = aHostProject();
      const { events, afterMs } = await project.frame("setup");
      expect(events.at(-1)).toBe("failed engine-unavailable docker not-answering");
      expect(afterMs).toBeLessThan(12_000);
    } finally {
      await onHost("apollo", "kill -CONT $(pidof dockerd)");
    }
  });

  test("follows the one that runs, and tells whether it makes the same", async () => {
    const project = aHostProject();
    const files = { Dockerfile: "FROM igor-demo/busybox:1\nRUN sleep 3\n" };
    const first = await project.frame("setup", { files });
    const second = await project.frame("setup", { files });
    const other = await project.frame("setup", { files, container: { env: { A: "1" } } });
    const elsewhere = await project.frame("setup", { files, group: "cluster" });
    const [, job = "", nonce = ""] = first.events.at(-1)?.split(" ") ?? [];
    expect(second.events.at(-1)).toBe(`job-running ${job} ${nonce} same`);
    expect(other.events.at(-1)).toBe(`job-running ${job} ${nonce} other`);
    expect(elsewhere.events.at(-1)).toMatch(/^job /);
    expect((await project.follow({ job, nonce })).job.at(-1)).toBe(
      "container-started no-container",
    );
  });

  test("leaves no copy of the environment behind, and never puts it on a command line", async () => {
    const project = aHostProject();
    await project.sh(
      `mkdir -p bin && printf '#!/bin/sh\\necho "$*" >>${project.dir}/calls\\nexec /usr/bin/docker "$@"\\n' >bin/docker && chmod +x bin/docker`,
    );
    const container = { env: { TOKEN: "s3cret", LINES: "s3cret\ntwice" } };
    const done = await project.run(
      "setup",
      { container },
      { prepare: `PATH=${project.dir}/bin:$PATH` },
    );
    expect(done.end).toMatch(/^END 0/);
    expect(await project.inside('echo "$TOKEN $LINES"')).toBe("s3cret s3cret\ntwice\n");
    expect(await project.sh("cat calls")).toContain("run --detach");
    expect(await project.sh("grep -r s3cret . || true")).toBe("");
  });
});
