import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ended, igorProgram } from "./laptop.ts";
import type { IgorResult } from "./laptop.ts";

/** Where igor is run, relative to the desk, and what else is in its environment. */
export interface RunOptions {
  readonly below?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A directory of a user who has nothing but igor: no host, and a home, a state and a cache of their own. */
export interface Desk extends Disposable {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes files, by path relative to the directory. */
  write(files: Readonly<Record<string, string>>): void;
  /** Runs igor to its end, in the directory or another one. */
  igor(words: readonly string[], options?: RunOptions): Promise<IgorResult>;
}

/** Makes such a directory with these files. */
export function aDesk(files: Readonly<Record<string, string>> = {}, name = "toy"): Desk {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "igor-desk-")));
  const root = join(top, name);
  const home = join(top, "home");
  for (const directory of [root, home]) mkdirSync(directory);
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  const desk: Desk = {
    root,
    env,
    write(more) {
      for (const [path, text] of Object.entries(more)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    },
    igor: (words, { below = ".", env: more = {} } = {}) =>
      ended(
        spawn(process.execPath, [igorProgram, ...words], {
          cwd: join(root, below),
          env: { ...env, ...more },
          stdio: ["ignore", "pipe", "pipe"],
        }),
      ),
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  };
  desk.write(files);
  return desk;
}
