import type { Readable, Writable } from "node:stream";
import type { Emit } from "../model/event.ts";
import { framesOf } from "../debug/framing.ts";
import { Adapter } from "./adapter.ts";
import type { AdapterMeans } from "./adapter.ts";
import { Client } from "./client.ts";

/** The streams to the editor, and what tells it in words. */
export interface DapCall extends Omit<AdapterMeans, "client" | "emit"> {
  readonly input: Readable;
  readonly output: Writable;
  /** What tells of events by text that it writes. */
  readonly screen: (write: (text: string) => void) => Emit;
}

/** Signals with which editors end their adapters. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Is the debug adapter of an editor until that goes, or the program that is debugged has ended. */
export async function serveDap({ input, output, screen, ...means }: DapCall): Promise<void> {
  const client = new Client(output);
  const emit = screen((text) => client.say(text));
  const adapter = new Adapter({ ...means, client, emit });
  const end = (): void => adapter.end();
  input.on(
    "data",
    framesOf(
      (frame) => adapter.hear(frame),
      (begin) => {
        client.say(`this is no message of a debug adapter's client: ${begin}\n`, "stderr");
        end();
      },
    ),
  );
  for (const name of ["end", "error", "close"]) input.on(name, end);
  output.on("error", end);
  for (const signal of endings) process.on(signal, end);
  await adapter.over;
}
