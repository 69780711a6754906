import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { replReader } from "../../src/remote/repl.ts";
import type { ReplAnswer } from "../../src/remote/repl.ts";

test("what an engine says on the way of the frames is read over, at any split, and told with a refusal", () => {
  // Docker 20.10, on stdout, for a container whose directory was deleted.
  const words = "OCI runtime exec failed: exec failed: unable to start container process\r\n";
  const said = Buffer.from(`O00000005O0000${words}N0000000eno-container p`);
  for (const size of [1, 7, said.length]) {
    const answers: ReplAnswer[] = [];
    const read = replReader((answer) => answers.push(answer));
    for (let at = 0; at < said.length; at += size) read(said.subarray(at, at + size));
    expect(answers).toEqual([
      { kind: "output", bytes: Buffer.from("O0000") },
      { kind: "refused", why: "no-container p", aside: words },
    ]);
  }
});
