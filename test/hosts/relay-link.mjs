// relay-link.mjs: one connection through the relay, as two directions of delayed chunks.

import net from "node:net";

/** Bytes that may wait in one direction of one connection before its sender has to. */
const MOST_WAITING = 16 * 1024 * 1024;

export function newCount() {
  return { up: { bytes: 0, chunks: 0 }, down: { bytes: 0, chunks: 0 }, clock: newClock() };
}

/** The logical clock that `startRelay` describes. What the host says unasked, e.g. its ssh banner, begins no turn. */
function newClock() {
  let atClient = 0;
  let atHost = -1;
  return {
    leaves: (way) => (way === "up" ? atClient : atHost + 1),
    arrives(way, chain) {
      if (way === "up") atHost = Math.max(atHost, chain);
      else atClient = Math.max(atClient, chain);
    },
    turns: () => atClient,
  };
}

/** Adds a link to the line: connects to the target after the handshake's time and carries both directions. */
export function openLink(line, client, target) {
  const handshakeMs = line.oneWayMs;
  const host = new net.Socket({ allowHalfOpen: true });
  host.setNoDelay(true);
  const link = { count: newCount(), damaged: false, ended: false, reset, thaw };
  const up = carry({
    line,
    link,
    way: "up",
    from: client,
    to: host,
    notBefore: performance.now() + 2 * handshakeMs,
  });
  const down = carry({ line, link, way: "down", from: host, to: client, notBefore: 0 });
  let connecting = setTimeout(connect, 3 * handshakeMs);
  line.links.add(link);

  function connect() {
    connecting = undefined;
    if (!line.frozen && !line.blackhole) host.connect(target.port, target.host, up.run);
  }
  function reset() {
    if (link.ended) return;
    link.ended = true;
    line.links.delete(link);
    clearTimeout(connecting);
    for (const socket of [client, host]) {
      if (socket.pending) socket.destroy();
      else socket.resetAndDestroy();
    }
  }
  function thaw() {
    if (link.damaged) return reset();
    if (host.pending && !host.connecting && connecting === undefined) connect();
    up.run();
    down.run();
  }
  for (const [socket, other] of [
    [client, host],
    [host, client],
  ]) {
    socket.on("error", () => setTimeout(reset, line.oneWayMs));
    socket.on("close", () => {
      if (other.destroyed) line.links.delete(link);
    });
  }
  return link;
}

/** Carries one direction: every chunk arrives in order, a delay after it came; `null` stands for the end. */
function carry({ line, link, way, from, to, notBefore }) {
  const waiting = [];
  let waitingBytes = 0;
  let timer;
  from.on("data", (bytes) => {
    for (const piece of piecesOf(bytes, line.rate)) take(piece);
    if (waitingBytes > MOST_WAITING) from.pause();
    run();
  });
  from.on("end", () => {
    take(null);
    run();
  });
  to.on("drain", run);
  to.on("close", () => clearTimeout(timer));

  function take(bytes) {
    let leavesAt = Math.max(performance.now(), notBefore);
    if (line.rate > 0 && bytes !== null) {
      leavesAt = Math.max(leavesAt, line.freeAt[way]) + (bytes.length / line.rate) * 1000;
      line.freeAt[way] = leavesAt;
    }
    const marks = [line.count.clock, link.count.clock].map((clock) => ({
      clock,
      chain: clock.leaves(way),
    }));
    waiting.push({ bytes, arrivesAt: leavesAt + line.oneWayMs, marks });
    waitingBytes += bytes?.length ?? 0;
  }

  function run() {
    clearTimeout(timer);
    while (
      waiting.length > 0 &&
      !line.frozen &&
      !to.pending &&
      !to.destroyed &&
      !to.writableNeedDrain
    ) {
      const waitMs = waiting[0].arrivesAt - performance.now();
      if (waitMs > 0.5) {
        timer = setTimeout(run, waitMs);
        return;
      }
      const chunk = waiting.shift();
      waitingBytes -= chunk.bytes?.length ?? 0;
      if (waitingBytes < MOST_WAITING / 2 && from.isPaused()) from.resume();
      if (line.blackhole) link.damaged = true;
      else if (chunk.bytes === null) to.end();
      else if (!deliver(chunk.bytes, chunk.marks)) return;
    }
  }

  function deliver(bytes, marks) {
    const cutsHere = line.cutAfter <= bytes.length;
    const part = cutsHere ? bytes.subarray(0, line.cutAfter) : bytes;
    line.cutAfter -= part.length;
    for (const count of [line.count, link.count]) {
      count[way].bytes += part.length;
      count[way].chunks += 1;
    }
    for (const { clock, chain } of marks) clock.arrives(way, chain);
    if (cutsHere) line.frozen = true; // until the cut, nothing more gets through
    to.write(part, () => {
      if (!cutsHere) return;
      line.frozen = false;
      line.cut();
    });
    return !cutsHere;
  }
  return { run };
}

/** On a slow line a large chunk arrives bit by bit: fifty pieces a second. */
function* piecesOf(bytes, rate) {
  const most = rate > 0 ? Math.max(512, Math.ceil(rate / 50)) : bytes.length;
  for (let begin = 0; begin < bytes.length; begin += most)
    yield bytes.subarray(begin, begin + most);
}
