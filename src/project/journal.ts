import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { arch, platform, release } from "node:os";
import { join } from "node:path";
import type { Event } from "../model/event.ts";
import type { ActionEnded, ActionStarted } from "../model/journal.ts";
import { journalJson } from "./journal-secrets.ts";
import type { Secrets } from "./journal-secrets.ts";
import { stateDir } from "./state-dir.ts";

/** What is kept of a project: so many actions and bytes, the newest. */
const mostActions = 100;
const mostBytes = 10_000_000;

/** When an action has said so much, its further lines of output and progress are only counted. */
const mostOutputBytes = 1_000_000;
/** And then everything but how it ended, e.g. of a push that watches for days. */
const mostActionBytes = 2_000_000;

/** How the names of journals end. */
export const journalEnding = ".ndjson";

/** The version of a line, as in `--json`. */
const version = 1;

/**
 * The journal of one action: what happens is appended as it happens, so that a crash keeps it. Whatever goes wrong with
 * the file, e.g. a full disk, the journal ends and the action goes on.
 */
export interface Journal {
  add(event: Event): void;
  end(how: Omit<ActionEnded, "type" | "leftOut">): void;
}

/** What the first line says, but for what is known here. */
export type JournalHead = Omit<ActionStarted, "type" | "node" | "platform" | "pid">;

/** Begins the journal of an action on the project in `root`, and soon makes room for it. */
export function openJournal(root: string, head: JournalHead, secrets: Secrets): Journal {
  let file: number | undefined;
  let written = 0;
  let leftOut = 0;
  const stop = (): void => {
    try {
      if (file !== undefined) closeSync(file);
    } catch {
      // What could not be written is lost anyway.
    }
    file = undefined;
  };
  const append = (line: object): void => {
    if (file === undefined) return;
    try {
      written += writeSync(file, `${journalJson({ version, ...line }, secrets)}\n`);
    } catch {
      stop();
    }
  };
  try {
    const directory = journalDir(root);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    file = openNew(directory, head.at);
    // Connections are begun first.
    setImmediate(() => makeRoom(directory));
  } catch {
    // A read-only or full disk: whatever must be written there says so.
  }
  const { node } = process.versions;
  const system = `${platform()} ${arch()} ${release()}`;
  append({ type: "action-started", ...head, node, platform: system, pid: process.pid });
  return {
    add(event) {
      // The bytes of the user's own command are nobody else's.
      if (event.type === "output" && event.of === "command") return;
      if (written > roomFor(event)) leftOut += 1;
      else append(event);
    },
    end(how) {
      append({ type: "action-ended", ...how, ...(leftOut === 0 ? {} : { leftOut }) });
      stop();
    },
  };
}

/** How much may be there already when this event is to be kept. */
function roomFor({ type }: Event): number {
  switch (type) {
    case "output":
    case "progress":
      return mostOutputBytes;
    case "step-started":
    case "step-ended":
    case "decided":
    case "found":
      return mostActionBytes;
    case "plan-started":
    case "host-ended":
    case "plan-ended":
    case "failed":
      return Infinity;
  }
}

/** Where the journals of a project are. */
export function journalDir(root: string): string {
  return join(stateDir(root), "journal");
}

/** A name that sorts by time and that no other igor has; at the same time on another machine a later one. */
function openNew(directory: string, at: number): number {
  for (let time = at; ; time += 1) {
    const [day = "", clock = ""] = new Date(time).toISOString().replaceAll(/[-:Z]/g, "").split("T");
    const name = `${day}-${clock}-${process.pid}${journalEnding}`;
    try {
      return openSync(join(directory, name), "wx", 0o600);
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!isTaken || time > at + 10) throw error;
    }
  }
}

/** Removes the oldest journals, so that no more are left than are to be kept. */
function makeRoom(directory: string): void {
  try {
    let bytes = 0;
    for (const [index, name] of readdirSync(directory).sort().reverse().entries()) {
      const file = join(directory, name);
      bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (index >= mostActions || bytes > mostBytes) rmSync(file, { force: true });
    }
  } catch {
    // Another igor makes room, too; or what is there is not to be removed, and room is made next time.
  }
}
