import { expect, test } from "vitest";
import { plainLogin } from "../../src/remote/boot.ts";
import type { Answer } from "../../src/remote/frame.ts";
import { HostShell } from "../../src/run/host-shell.ts";
import { startProcess } from "../../src/run/spawn.ts";
import { aConnection } from "../support/connection.ts";

/** A shell whose far end says what the test says. */
function shellOf(): { readonly shell: HostShell; readonly say: (answer: Answer) => void } {
  const process = startProcess(["sleep", "600"]);
  let listener: (answer: Answer) => void = () => undefined;
  const shell = new HostShell(
    aConnection(),
    {
      process,
      nonce: "0f3a",
      hear: (to) => (listener = to),
      words: () => "",
      otherKey: undefined,
      printed: false,
    },
    plainLogin,
  );
  return { shell, say: (answer) => listener(answer) };
}

test("a host that never stops to answer is left", async () => {
  const made = shellOf();
  using shell = made.shell;
  const answer = shell.run({ program: "push", inputs: {} });
  const bytes = Buffer.alloc(64_000);
  for (let said = 0; said <= 256_000_000; said += bytes.length)
    made.say({ kind: "output", frame: 1, stream: "stdout", bytes });
  const ended = await answer;
  expect(ended).toMatchObject({
    ok: false,
    failure: { reason: "unreachable", cause: "endless" },
  });
  expect(await shell.died).toMatchObject({ reason: "unreachable" });
});
