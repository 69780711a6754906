import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { until } from "./run-session.ts";

/** A real terminal: a window of tmux on a server of its own, which a program runs in. */
export interface Terminal extends Disposable {
  /** What is on the screen now. */
  screen(): string;
  /** Types keys as tmux names them, e.g. `C-c`, `Enter`; other words letter by letter. */
  keys(...keys: string[]): void;
  /** Types text as it is. */
  type(text: string): void;
  /** Types a line and the key Enter. */
  enter(line: string): void;
  /** Pastes text, in brackets where the program asks for them. */
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** As closing the terminal's window does: SIGHUP to what runs in it. */
  close(): void;
  /** Pid of the program in the window. */
  readonly pid: number;
  /** Waits until the screen shows something. */
  shows(text: string | RegExp, withinMs?: number): Promise<string>;
}

/** Opens a terminal of 100 by 30 in which `argv` runs. */
export function openTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Terminal {
  const socket = `igor-test-${randomBytes(6).toString("hex")}`;
  const tmux = (...words: string[]): string => {
    const done = spawnSync("tmux", ["-L", socket, "-f", "/dev/null", "-u", ...words], {
      env: { ...env },
      encoding: "utf8",
    });
    return done.stdout.trimEnd();
  };
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  tmux(
    "new-session",
    "-d",
    "-x",
    "100",
    "-y",
    "30",
    "--",
    "sh",
    "-c",
    `exec ${quoted}`,
    ";",
    "set",
    "-g",
    "remain-on-exit",
    "on",
    ";",
    "set",
    "-g",
    "status",
    "off",
    ";",
    "set",
    "-g",
    "window-size",
    "manual",
  );
  const keys = (...names: string[]): void => void tmux("send-keys", ...names);
  const type = (text: string): void => void tmux("send-keys", "-l", "--", text);
  const screen = (): string => tmux("capture-pane", "-p", "-J");
  return {
    pid: Number(tmux("display", "-p", "#{pane_pid}")),
    screen,
    keys,
    type,
    enter: (line) => {
      type(line);
      keys("Enter");
    },
    paste: (text) => {
      tmux("set-buffer", "--", text);
      tmux("paste-buffer", "-p", "-r");
    },
    resize: (columns, rows) =>
      void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    close: () => void tmux("kill-server"),
    shows: (text, withinMs = 20_000) =>
      until(
        screen,
        (seen) => (typeof text === "string" ? seen.includes(text) : text.test(seen)),
        withinMs,
      ),
    [Symbol.dispose]: () => void tmux("kill-server"),
  };
}
