import { spawn } from "node:child_process";
import { afterAll, describe, expect, test } from "vitest";
import { containerPrograms } from "../../src/remote/container-programs.ts";
import { compact } from "../../src/remote/programs.ts";
import { assignments } from "../../src/remote/quote.ts";
import { laptopEnv, onHost } from "../hosts/bed.ts";
import { aHostProject, plainFiles, removeHostProjects } from "../support/container-host.ts";
import type { HostProject } from "../support/container-host.ts";
import { shells } from "../support/run-program.ts";

afterAll(removeHostProjects);

const base = "FROM igor-demo/busybox:1\n";

async function started(
  dockerfile: string,
): Promise<{ project: HostProject; job: string; nonce: string }> {
  const project = aHostProject();
  const { events } = await project.frame("build", { files: { Dockerfile: base + dockerfile } });
  const [, job = "", nonce = ""] = events.at(-1)?.split(" ") ?? [];
  return { project, job, nonce };
}

/** Follows over a real ssh session; `cutAfter` bytes the client is killed. */
function followOverSsh(
  inputs: Record<string, string>,
  cutAfter = Infinity,
): Promise<{ bytes: Buffer; end: string }> {
  const text = assignments(inputs) + containerPrograms.follow.map(compact).join("");
  const child = spawn("ssh", ["-T", "-o", "BatchMode=yes", "apollo", "exec /bin/sh -s"], {
    env: laptopEnv(),
  });
  child.stdin.end(text);
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    let end = "";
    child.stdout.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > cutAfter) child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk: Buffer) => (end += chunk.toString()));
    child.on("close", () => resolve({ bytes, end: end.trim() }));
  });
}

describe("a job", () => {
  test("is followed again after cut links without losing or doubling a byte", async () => {
    const { project, job } = await started(
      "RUN for i in $(seq 1 30000); do echo line $i; done; sleep 2; seq 1 9000\n",
    );
    const parts: Buffer[] = [];
    let end = "";
    for (let cut = 0; end === "" && cut < 40; cut += 1) {
      const from = parts.reduce((sum, part) => sum + part.length, 0);
      const followed = await followOverSsh(
        { in_dir: project.dir, in_job: job, in_from: String(from) },
        cut < 12 ? 20_000 * cut : Infinity,
      );
      parts.push(followed.bytes);
      end = followed.end;
    }
    const all = Buffer.concat(parts);
    expect(end).toBe(`END 0 ${String(all.length)}`);
    const { stdout } = await onHost(
      "apollo",
      `sha256sum <${project.dir}/.igor/host/jobs/${job}/log`,
    );
    const { createHash } = await import("node:crypto");
    expect(`${createHash("sha256").update(all).digest("hex")}  -\n`).toBe(stdout);
    expect((await onHost("apollo", `pgrep -f '[i]n_job=.${job}' | wc -l`)).stdout.trim()).toBe("0");
  });

  test.each(shells)(
    "whose follower lost its session leaves nothing behind on %s",
    async (shell) => {
      const { project, job } = await started("RUN sleep 6\n");
      const text =
        assignments({ in_dir: project.dir, in_job: job, in_from: "0" }) +
        containerPrograms.follow.map(compact).join("");
      const sh = shell === "busybox" ? "busybox ash" : shell;
      await onHost(
        "apollo",
        [
          "sh",
          "-c",
          `cat >/tmp/f.$$; ( ${sh} /tmp/f.$$ >/dev/null 2>&1 & echo $! >/tmp/follower; sleep 1 ); kill -0 $(cat /tmp/follower)`,
        ],
        { user: "dino", input: text },
      );
      await expect
        .poll(
          async () =>
            (await onHost("apollo", "kill -0 $(cat /tmp/follower) 2>&1 && echo alive")).stdout,
          { timeout: 3000 },
        )
        .not.toContain("alive");
      await project.frame("job-cancel", { inputs: { in_job: job } });
    },
  );

  test("that was killed is reported as lost, and the next one is not held up", async () => {
    const { project, job, nonce } = await started("RUN sleep 30\n");
    await project.sh(`read -r pid rest <.igor/host/jobs/${job}/pid; kill -KILL -$pid`);
    expect((await project.follow({ job, nonce })).end).toMatch(/^END lost \d+$/);
    expect(await project.sh(`ls .igor/host/jobs/${job}`)).toMatch(/context/);
    expect(
      (await project.frame("build", { files: { Dockerfile: `${base}RUN true\n` } })).events.at(-1),
    ).toMatch(/^job /);
    expect(await project.sh(`ls .igor/host/jobs/${job}`)).not.toMatch(/context|program|scratch/);
  });

  test("that never was is reported as gone", async () => {
    const project = aHostProject();
    await project.sh("true");
    expect((await project.follow({ job: "x", nonce: "n" })).end).toBe("END gone 0");
  });

  test("of long ago is swept, the last ones stay", async () => {
    const project = aHostProject();
    for (let n = 0; n < 7; n += 1) {
      const files = { ...plainFiles, "requirements.txt": `numpy==${String(n)}\n` };
      await project.run("build", { files });
    }
    expect(await project.sh("ls .igor/host/jobs | wc -l")).toBe("5\n");
    expect(await project.sh("ls .igor/host/jobs/*")).not.toMatch(/context|program|scratch/);
  });

  test("has its log for the user alone, and its program no longer than until it runs", async () => {
    const { project, job } = await started("RUN sleep 1\n");
    const directory = `.igor/host/jobs/${job}`;
    expect(await project.sh(`stat -c %a ${directory} ${directory}/log; ls ${directory}`)).toMatch(
      /^700\n600\n(?!.*program)/s,
    );
  });
});
