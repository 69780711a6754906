import { z } from "zod";
import type { DebugConfiguration } from "../debug/configuration.ts";

/** Columns and lines that a float may have. */
const room = z.object({ width: z.number(), height: z.number() });

/** What has changed in its environment since igor heard of it last; false: there is no such variable any more. */
const environment = z.record(z.string(), z.union([z.string(), z.literal(false)])).optional();

/** What the editor says, as lua/igor/peer.lua sends it. */
const message = z.discriminatedUnion("kind", [
  z.object({
    /** Do what a line asks for, e.g. `docker setup --replace`. */
    kind: z.literal("run"),
    id: z.number(),
    line: z.string(),
    /** The project's directory, or where one is to be looked for. */
    directory: z.string(),
    room,
    /** Nobody typed it: only what goes wrong is shown. */
    quiet: z.boolean(),
    /** Files of the project that are otherwise on the disk than in the editor. */
    unsaved: z.array(z.string()),
    /** The line is what stands behind `:IgorDebug`, in this file (empty: in none) at this line. */
    debug: z.object({ file: z.string(), line: z.number() }).optional(),
    environment,
  }),
  z.object({ kind: z.literal("cancel"), id: z.number() }),
  z.object({ kind: z.literal("answer"), id: z.number(), yes: z.boolean() }),
  z.object({ kind: z.literal("room"), room }),
  z.object({
    /** A buffer was written to this file. */
    kind: z.literal("wrote"),
    path: z.string(),
  }),
  z.object({
    /** A file of a trusted project was opened, and its hosts will be needed. */
    kind: z.literal("open"),
    directory: z.string(),
    environment,
  }),
]);

export type Message = z.infer<typeof message>;

/** Undefined for what no igor of this version would say. */
export function readMessage(given: unknown): Message | undefined {
  const read = message.safeParse(given);
  return read.success ? read.data : undefined;
}
export type Room = z.infer<typeof room>;

/** A piece of a line with a highlight group: the line (from 0), and from which byte to which. */
export type Mark = readonly [line: number, from: number, to: number, group: string];

/** An entry of the quickfix list, as `setqflist()` takes it; one that is not valid is text to be read. */
export interface QuickfixItem {
  readonly filename?: string;
  readonly lnum?: number;
  readonly col?: number;
  readonly end_lnum?: number;
  readonly end_col?: number;
  readonly pattern?: string;
  readonly text: string;
  readonly type: "E" | "W" | "I" | "N";
  readonly valid: 0 | 1;
}

/** What the editor is told, as lua/igor/told.lua reads it. */
export type Told =
  | {
      /** The float of an action: lines of output that are new, and below them how things stand. */
      readonly kind: "draw";
      readonly id: number;
      readonly title: string;
      readonly log: readonly string[];
      readonly status: readonly string[];
      readonly marks: readonly Mark[];
      /** One line about all of it, for the statusline. */
      readonly brief: string;
      /** 0 to 100, where that is known. */
      readonly percent?: number;
      /** Whether the output is worth room: something failed, or it is what was asked for. */
      readonly grows: boolean;
    }
  | {
      /** An action is over. */
      readonly kind: "ended";
      readonly id: number;
      readonly outcome: "done" | "failed" | "cancelled";
      /** One line for `:messages`. */
      readonly message: string;
      /** The float holds what was asked for, and stays until somebody has read it. */
      readonly stays: boolean;
    }
  | {
      /** What is sent is otherwise in the editor. */
      readonly kind: "unsaved";
      readonly files: readonly string[];
    }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly question: string;
    }
  | {
      /** A verb that needs a terminal of its own. */
      readonly kind: "terminal";
      readonly id: number;
      readonly words: readonly string[];
      readonly directory: string;
    }
  | {
      /** What a verb says that does nothing on the hosts: shown in a window to be read. */
      readonly kind: "report";
      readonly id: number;
      readonly title: string;
      readonly lines: readonly string[];
    }
  | {
      /** What is to be debugged is ready, and this is what the debugger is to do. */
      readonly kind: "debug";
      readonly configuration: DebugConfiguration;
    }
  | {
      /** Places that the output of an action names. */
      readonly kind: "quickfix";
      readonly id: number;
      readonly title: string;
      readonly items: readonly QuickfixItem[];
    }
  | {
      /** igor was updated, and its parts do not fit: the bundle is older than the source, or the editor's Lua than it. */
      readonly kind: "misfit";
      readonly older: "bundle" | "lua";
    }
  | {
      /** For those who listen: a `User` autocommand with data. */
      readonly kind: "autocommand";
      readonly pattern: "IgorPlanPre" | "IgorStep" | "IgorPlanPost";
      readonly data: Readonly<Record<string, unknown>>;
    };
