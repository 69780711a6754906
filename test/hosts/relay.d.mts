export interface RelayOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Half a round trip, in milliseconds; 0 without it. */
  readonly oneWayMs?: number;
  /** Where to listen on 127.0.0.1; a free port without it. */
  readonly port?: number;
}

export interface Traffic {
  readonly bytes: number;
  readonly chunks: number;
}

/** What has arrived since the start or the last `reset()`. */
export interface RelayCount {
  /** From the client to the host. */
  readonly up: Traffic;
  /** From the host to the client. */
  readonly down: Traffic;
  /** Round trips that depended on each other; see `startRelay`. */
  readonly turns: number;
}

export interface RelayStat extends RelayCount {
  /** Connections opened since the start or the last `reset()`. */
  readonly connections: number;
  /** Connections that stand now. */
  readonly open: number;
  /** One count for each connection in the order they were opened, those that stood at the `reset()` first. */
  readonly each: readonly RelayCount[];
}

export interface Relay {
  readonly port: number;
  stat(): RelayStat;
  reset(): void;
  /** For what comes from now on. */
  setDelay(oneWayMs: number): void;
  /** Shared by all connections, for each direction; 0 lifts it. */
  setRate(bytesPerSecond: number): void;
  /** The line stands still: what comes waits, and arrives after `thaw()`. */
  freeze(): void;
  /** The line swallows what comes. After `thaw()` a connection that lost something is reset. */
  blackhole(): void;
  thaw(): void;
  /** Resets every connection that is open (RST on both sides). New ones get through. */
  cut(): void;
  /** Cuts when so many more bytes have arrived, both directions together, and not one more. */
  cutAfter(bytes: number): void;
  /** Resets what is open and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a TCP relay to one host on a port of 127.0.0.1: it delays, counts and breaks what passes.
 *
 * `turns` is the number of round trips that the conversation needed: the length of the longest chain "the client sends,
 * the host answers, the client reacts to that answer, ...", kept by a logical clock. An answer in many packets is one
 * turn, both sides talking at once add none, connections side by side count once. It needs a delay of 5 ms or more to
 * be independent of the machine's speed. The handshake of a connection is not a turn.
 */
export function startRelay(options: RelayOptions): Promise<Relay>;
