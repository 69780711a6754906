import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Failure } from "../../src/model/failure.ts";
import type { CompareWith } from "../../src/model/plan.ts";
import type { HostShell } from "../../src/run/host-shell.ts";
import { transfer } from "../../src/run/transfer.ts";
import { until } from "../support/run-session.ts";
import { aConnection } from "../support/connection.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-transfer-"));
  mkdirSync(join(root, "bin"));
  vi.stubEnv("PATH", `${join(root, "bin")}:${process.env["PATH"] ?? ""}`);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const minutes = (count: number): number => count * 60_000;

/** A transfer by an rsync that sends all it has and then never ends, over a link that lives. */
function stuckTransfer(compareWith?: CompareWith) {
  const rsync = "#!/bin/sh\nprintf '\\r  32768 100%%  1.00MB/s    0:00:00'\nexec sleep 1000\n";
  writeFileSync(join(root, "bin", "rsync"), rsync, { mode: 0o755 });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const connection = aConnection();
  const died = new Promise<Failure>(() => undefined);
  const said: string[] = [];
  const cancel = new AbortController();
  const step = {
    kind: "transfer",
    title: "transfer",
    tool: "rsync",
    files: ["a"],
    into: "/srv/p/.igor/host/stage/s/f",
    ...(compareWith === undefined ? {} : { compareWith }),
  } as const;
  const ended = transfer(step, {
    // Of the host shell, a transfer uses these two.
    shell: { connection, died } as unknown as HostShell,
    source: {
      root,
      stateOf: () => undefined,
      readStateOf: () => "f 1 1.0 644",
      lookAgain: () => undefined,
    },
    onProgress: (bytes) => said.push(`moved ${String(bytes)}`),
    onStill: () => said.push("still"),
    onFallback: () => said.push("tar"),
    signal: cancel.signal,
  });
  const hasMoved = until(
    () => said,
    () => said.length > 0,
  );
  return { said, ended, cancel, hasMoved };
}

test("a transfer that stands still says so, and is given up in the end", async () => {
  const { said, ended, hasMoved } = stuckTransfer();
  await hasMoved;
  vi.advanceTimersByTime(9000);
  expect(said).toEqual(["moved 32768"]);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(["moved 32768", "still"]);
  vi.advanceTimersByTime(minutes(10));
  expect(await ended).toMatchObject({ ok: false, failure: { cause: "stuck", host: "apollo" } });
  expect(said).toEqual(["moved 32768", "still"]);
});

test("a host that compares contents gets longer", async () => {
  const { said, ended, cancel, hasMoved } = stuckTransfer({ tree: "/srv/p", by: "contents" });
  await hasMoved;
  vi.advanceTimersByTime(minutes(50));
  expect(said).toEqual(["moved 32768", "still"]);
  cancel.abort();
  expect(await ended).toMatchObject({ ok: false, failure: { reason: "cancelled" } });
});
