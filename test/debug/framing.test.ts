import { expect, test } from "vitest";
import { frameOf, framesOf } from "../../src/debug/framing.ts";

function read(chunks: readonly Buffer[]): { readonly said: unknown[]; readonly broken: string[] } {
  const said: unknown[] = [];
  const broken: string[] = [];
  const feed = framesOf(
    ({ body }) => said.push(JSON.parse(body.toString())),
    (begin) => broken.push(begin),
  );
  for (const chunk of chunks) feed(chunk);
  return { said, broken };
}

const messages = [{ seq: 1, text: "é\r\n\r\n" }, { seq: 2 }, { seq: 3, text: "x".repeat(100) }];
const bytes = Buffer.concat(messages.map(frameOf));

test.each([1, 2, 3, 7, 20, 64, 1000])("messages in pieces of %i bytes are whole", (size) => {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  expect(read(chunks)).toEqual({ said: messages, broken: [] });
});

test("a very long message in many pieces takes no longer than its bytes", () => {
  const long = { text: "x".repeat(40_000_000) };
  const whole = frameOf(long);
  const chunks = Array.from({ length: Math.ceil(whole.length / 4096) }, (_, index) =>
    whole.subarray(index * 4096, (index + 1) * 4096),
  );
  const begin = process.cpuUsage();
  expect(read(chunks).said).toEqual([long]);
  expect(process.cpuUsage(begin).user / 1000).toBeLessThan(2000);
});

test("what is no message is told once", () => {
  const { said, broken } = read([Buffer.from("GET / HTTP/1.0\r\n\r\n"), bytes]);
  expect(said).toEqual([]);
  expect(broken).toEqual(["GET / HTTP/1.0\r\n\r\n"]);
});
