import { expect, test } from "vitest";
import { HostShells } from "../../src/app/host-shells.ts";

test("a host shell that is asked for after the end is not opened", async () => {
  const shells = new HostShells(Date.now);
  await shells[Symbol.asyncDispose]();
  const unset = { tag: undefined, user: undefined, ip: undefined };
  const host = { host: "127.0.0.1", port: 1, dir: "~", ...unset };
  expect(await shells.open(host, {})).toEqual({ ok: false, failure: { reason: "cancelled" } });
});
