import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What a host does with a connection. */
type Host = (socket: net.Socket) => void;

/** Answers each line with its words, e.g. `3 x` with three times `x`, each in a packet of its own. */
const answering: Host = (socket) => {
  socket.on("data", (chunk) => {
    for (const line of chunk.toString().split("\n").slice(0, -1)) {
      const [times, word] = line.split(" ");
      let left = Number(times);
      const timer = setInterval(() => {
        if (left === 0) clearInterval(timer);
        else socket.write(`${word ?? ""}\n`);
        left -= 1;
      }, 2);
    }
  });
};

async function aRelay(host: Host, oneWayMs: number): Promise<Relay> {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    host(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const relay = await startRelay({ target: { host: "127.0.0.1", port }, oneWayMs });
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => relay.close(),
  );
  return relay;
}

/** A client that reads lines. */
interface Client {
  readonly socket: net.Socket;
  /** Resolves when the connection has ended, in whatever way. */
  readonly closed: Promise<unknown>;
  /** Resolves with all lines once there are so many. */
  lines(count: number): Promise<readonly string[]>;
}

function aClient({ port }: Relay): Client {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  closers.push(() => socket.destroy());
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  return {
    socket,
    closed,
    async lines(count) {
      while (text.split("\n").length - 1 < count) await once(socket, "data");
      return text.split("\n").slice(0, -1);
    },
  };
}

/** For seeing that something does not happen, which nothing tells. */
const aWhile = () => sleep(50);

async function msOf(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

describe("the relay delays", () => {
  test("a connection by a handshake, and each exchange by one round trip", async () => {
    const relay = await aRelay(answering, 25);
    const client = aClient(relay);
    const first = await msOf(async () => {
      client.socket.write("1 a\n");
      await client.lines(1);
    });
    expect(first).toBeGreaterThanOrEqual(98);
    const second = await msOf(async () => {
      client.socket.write("1 b\n");
      await client.lines(2);
    });
    expect(second).toBeGreaterThanOrEqual(49);
    relay.setDelay(0);
    client.socket.write("1 c\n");
    expect(await client.lines(3)).toEqual(["a", "b", "c"]);
  });

  test("by its rate, which both directions have for themselves", async () => {
    const relay = await aRelay((socket) => socket.pipe(socket), 0);
    relay.setRate(100_000);
    const { socket } = aClient(relay);
    let bytes = 0;
    const took = await msOf(async () => {
      socket.write(Buffer.alloc(20_000));
      for await (const chunk of socket) if ((bytes += (chunk as Buffer).length) >= 20_000) break;
    });
    expect(took).toBeGreaterThanOrEqual(195);
    expect(bytes).toBe(20_000);
  });
});

describe("the relay counts", () => {
  test("one turn for each question that waited for the answer before it", async () => {
    const relay = await aRelay(answering, 5);
    const client = aClient(relay);
    for (const [index, word] of ["a", "b", "c"].entries()) {
      client.socket.write(`1 ${word}\n`);
      await client.lines(index + 1);
    }
    expect(relay.stat()).toMatchObject({ turns: 3, connections: 1, open: 1 });
    expect(relay.stat().up.bytes).toBe("1 a\n1 b\n1 c\n".length);
    expect(relay.stat().down.bytes).toBe("a\nb\nc\n".length);
  });

  test("an answer in many packets as one turn", async () => {
    const relay = await aRelay(answering, 5);
    const client = aClient(relay);
    client.socket.write("20 x\n");
    await client.lines(20);
    expect(relay.stat().turns).toBe(1);
    expect(relay.stat().down.chunks).toBeGreaterThan(1);
  });

  test("questions that did not wait as one turn", async () => {
    const relay = await aRelay(answering, 20);
    const client = aClient(relay);
    await once(client.socket, "connect");
    for (const word of ["a", "b", "c"]) {
      client.socket.write(`1 ${word}\n`);
      await new Promise(setImmediate);
    }
    await client.lines(3);
    expect(relay.stat().turns).toBe(1);
  });

  test("what the host says unasked as no turn", async () => {
    const relay = await aRelay((socket) => {
      socket.write("banner\n");
      answering(socket);
    }, 10);
    const client = aClient(relay);
    await client.lines(1);
    expect(relay.stat().turns).toBe(0);
    client.socket.write("1 a\n");
    await client.lines(2);
    expect(relay.stat().turns).toBe(1);
  });

  test("connections side by side once, and each of them by itself", async () => {
    const relay = await aRelay(answering, 20);
    const clients = [aClient(relay), aClient(relay)];
    for (const count of [1, 2]) {
      for (const { socket } of clients) socket.write("1 a\n");
      for (const client of clients) await client.lines(count);
    }
    expect(relay.stat().turns).toBe(2);
    expect(relay.stat().each.map(({ turns }) => turns)).toEqual([2, 2]);
    expect(relay.stat().connections).toBe(2);
  });

  test("from nothing after a reset, while a connection stands", async () => {
    const relay = await aRelay(answering, 5);
    const client = aClient(relay);
    client.socket.write("1 a\n");
    await client.lines(1);
    relay.reset();
    expect(relay.stat()).toMatchObject({ turns: 0, connections: 0, open: 1 });
    client.socket.write("1 b\n");
    await client.lines(2);
    expect(relay.stat()).toMatchObject({ turns: 1, each: [{ turns: 1 }] });
  });
});

describe("the relay breaks", () => {
  test("frozen, it keeps what comes until it is thawed", async () => {
    const relay = await aRelay(answering, 0);
    const client = aClient(relay);
    client.socket.write("1 a\n");
    await client.lines(1);
    relay.freeze();
    client.socket.write("1 b\n");
    await aWhile();
    expect(relay.stat().up.bytes).toBe("1 a\n".length);
    relay.thaw();
    expect(await client.lines(2)).toEqual(["a", "b"]);
  });

  test("as a black hole it swallows what comes, and resets after it", async () => {
    const relay = await aRelay(answering, 0);
    const client = aClient(relay);
    client.socket.write("1 a\n");
    await client.lines(1);
    relay.blackhole();
    client.socket.write("1 b\n");
    await aWhile();
    expect(client.socket.destroyed).toBe(false);
    relay.thaw();
    await client.closed;
    expect(await client.lines(1)).toEqual(["a"]);
  });

  test("cut, it resets what is open and takes new connections", async () => {
    const relay = await aRelay(answering, 0);
    const client = aClient(relay);
    client.socket.write("1 a\n");
    await client.lines(1);
    relay.cut();
    await client.closed;
    const another = aClient(relay);
    another.socket.write("1 b\n");
    expect(await another.lines(1)).toEqual(["b"]);
  });

  test("it cuts after so many bytes and not one more", async () => {
    let received = 0;
    const relay = await aRelay(
      (socket) => socket.on("data", ({ length }) => (received += length)),
      0,
    );
    const { socket, closed } = aClient(relay);
    await once(socket, "connect");
    relay.cutAfter(1234);
    socket.write(Buffer.alloc(5000));
    await closed;
    expect(received).toBe(1234);
    expect(relay.stat().up.bytes).toBe(1234);
  });
});
