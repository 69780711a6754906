import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { fail } from "../../src/model/result.ts";
import type { Result } from "../../src/model/result.ts";
import { comeBack } from "../../src/run/come-back.ts";

const lost: Result<never> = fail({
  reason: "unreachable",
  cause: "closed",
  host: "apollo",
  lastWords: [],
});

test("who leaves while igor tries to come back is not kept waiting, and nothing is opened any more", async () => {
  const leaves = new AbortController();
  let opened = 0;
  const begin = performance.now();
  const coming = comeBack({
    shell: Promise.resolve(lost),
    reconnect: () => {
      opened += 1;
      return Promise.resolve(lost);
    },
    signal: leaves.signal,
    tries: 0,
    onLost: () => Promise.resolve(),
  });
  await pause(20);
  leaves.abort();
  expect(await coming).toEqual(fail({ reason: "cancelled" }));
  expect(performance.now() - begin).toBeLessThan(800);
  expect(opened).toBe(1);
});
