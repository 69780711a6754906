// relay.mjs: a TCP relay in user space that delays, counts and breaks what passes between a client and one host.
//
// As a program:  node relay.mjs --target 10.99.0.11:22 [--one-way-ms 25] [--port 0]
// prints `port N` and then answers lines on stdin with one line of JSON each: `stat`, `reset`, `setDelay 25`,
// `setRate 1000000`, `freeze`, `blackhole`, `thaw`, `cut`, `cutAfter 5000`. It ends when stdin does.
//
// The model: a connection costs the client one round trip before its first byte leaves, as a TCP handshake does, and
// reaches the host after one and a half; then each chunk takes the one-way delay, in order, on a line whose rate all
// connections share. What TCP itself does with delay is not in it: Nagle's algorithm and delayed acknowledgements
// cost a cold ssh login about 3 more round trips. tun-relay.py has them.

import net from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { newCount, openLink } from "./relay-link.mjs";

/**
 * Starts a relay to one host on a port of 127.0.0.1.
 *
 * `turns` in its counts is the number of round trips that the conversation needed: the length of the longest chain "the
 * client sends, the host answers, the client reacts to that answer, ...". It is a logical clock, not a timer: a chunk
 * from the client continues the chain of the last chunk that had *reached* the client; a chunk from the host adds one
 * to the chain of the last chunk that had reached the host. So an answer in many packets is one turn, both sides
 * talking at once add none, and connections side by side count once (`each` has them one by one). With a delay of 5 ms
 * or more it does not depend on the machine's speed; without one, packets that cross each other may count as turns.
 * The handshake of a connection is not a turn.
 *
 * @param {import("./relay.d.mts").RelayOptions} options
 * @returns {Promise<import("./relay.d.mts").Relay>}
 */
export async function startRelay({ target, oneWayMs = 0, port = 0 }) {
  const line = {
    oneWayMs,
    rate: 0,
    frozen: false,
    blackhole: false,
    cutAfter: Infinity,
    freeAt: { up: 0, down: 0 },
    count: newCount(),
    links: new Set(),
    cut() {
      line.cutAfter = Infinity;
      for (const link of line.links) link.reset();
    },
  };
  let opened = 0;
  let each = [];
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const link = openLink(line, client, target);
    opened += 1;
    each.push(link.count);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", backlog: 512 }, () => resolve(undefined));
  });

  const shown = ({ up, down, clock }) => ({
    up: { ...up },
    down: { ...down },
    turns: clock.turns(),
  });
  return {
    port: server.address().port,
    stat: () => ({
      connections: opened,
      open: line.links.size,
      ...shown(line.count),
      each: each.map(shown),
    }),
    reset() {
      line.count = newCount();
      opened = 0;
      each = [];
      for (const link of line.links) each.push((link.count = newCount()));
    },
    setDelay(ms) {
      line.oneWayMs = ms;
    },
    setRate(bytesPerSecond) {
      line.rate = bytesPerSecond;
    },
    freeze() {
      line.frozen = true;
    },
    blackhole() {
      line.blackhole = true;
    },
    thaw() {
      line.frozen = line.blackhole = false;
      for (const link of line.links) link.thaw();
    },
    cut: line.cut,
    cutAfter(bytes) {
      line.cutAfter = bytes;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      line.cut();
      await closed;
    },
  };
}

/** The words that are obeyed on stdin. */
const COMMANDS = [
  "stat",
  "reset",
  "setDelay",
  "setRate",
  "freeze",
  "blackhole",
  "thaw",
  "cut",
  "cutAfter",
];

async function main() {
  const { values } = parseArgs({
    options: {
      target: { type: "string" },
      "one-way-ms": { type: "string", default: "0" },
      port: { type: "string", default: "0" },
    },
  });
  const [host, targetPort] = (values.target ?? "").split(":");
  if (!host || !targetPort) throw new Error("--target HOST:PORT is missing");
  const relay = await startRelay({
    target: { host, port: Number(targetPort) },
    oneWayMs: Number(values["one-way-ms"]),
    port: Number(values.port),
  });
  console.log(`port ${relay.port}`);
  for await (const input of createInterface({ input: process.stdin })) {
    const [word, number] = input.trim().split(/\s+/);
    if (!COMMANDS.includes(word))
      console.log(JSON.stringify({ error: `unknown: ${word}`, known: COMMANDS }));
    else console.log(JSON.stringify(relay[word](Number(number)) ?? "ok"));
  }
  await relay.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
