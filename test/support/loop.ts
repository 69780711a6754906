import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frameBytes, parseAnswer } from "../../src/remote/frame.ts";
import type { Answer, Frame } from "../../src/remote/frame.ts";
import { hostShell } from "../../src/remote/programs.ts";
import type { LocalShell } from "./local-shells.ts";
import { until } from "./until.ts";

const nonce = "0123456789abcdef01";

/** The loop of the host shell on this machine, spoken to over pipes as sshd gives them. */
export class Loop implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "igor-loop-"));
  readonly answers: Answer[] = [];
  readonly noise: string[] = [];
  readonly #child;
  readonly #closed: Promise<number | null>;

  constructor(
    { sh, path }: LocalShell,
    { silence = 0, tmpdir: place = this.directory }: { silence?: number; tmpdir?: string } = {},
  ) {
    const text = hostShell.replaceAll("/bin/sh ", `${sh} `);
    this.#child = spawn(sh, ["-c", text, "igor", nonce, String(silence)], {
      env: { PATH: path, TMPDIR: place, HOME: this.directory },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#closed = new Promise((resolve) => this.#child.on("close", resolve));
    this.#child.stdin.on("error", () => undefined);
    let rest = "";
    this.#child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const answer = parseAnswer(nonce, line);
        if (answer === undefined) this.noise.push(line);
        else this.answers.push(answer);
      }
    });
    this.#child.stderr.setEncoding("utf8").on("data", (chunk: string) => this.noise.push(chunk));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  write(bytes: Buffer | string): void {
    this.#child.stdin.write(bytes);
  }

  /** Sends a frame. */
  run(
    id: number,
    text: string | undefined,
    payload: Buffer | string = "",
    kept?: Frame["kept"],
  ): void {
    this.write(
      frameBytes(nonce, { id, text, payload: Buffer.from(payload), ...(kept && { kept }) }),
    );
  }

  kill(id: number, signal: string): void {
    this.write(`${nonce} ${String(id)} kill ${signal}\n`);
  }

  ping(count: number): void {
    this.write(`${nonce} 0 ping ${String(count)}\n`);
  }

  /** The channel closes. */
  end(): void {
    this.#child.stdin.end();
  }

  /** How the loop itself ended. */
  get closed(): Promise<number | null> {
    return this.#closed;
  }

  /** Waits until the frame has ended. */
  async ended(
    id: number,
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
    const last = await until(`the end of frame ${String(id)}`, () =>
      this.answers.find((answer) => answer.kind === "ended" && answer.frame === id),
    );
    const output = (stream: "stdout" | "stderr") =>
      Buffer.concat(
        this.answers.flatMap((answer) =>
          answer.kind === "output" && answer.frame === id && answer.stream === stream
            ? [answer.bytes]
            : [],
        ),
      ).toString("utf8");
    return {
      exitCode: last.kind === "ended" ? last.exitCode : -1,
      stdout: output("stdout"),
      stderr: output("stderr"),
    };
  }

  /** The events of a frame so far. */
  events(id: number): readonly string[] {
    return this.answers.flatMap((answer) =>
      answer.kind === "event" && answer.frame === id ? [answer.words.join(" ")] : [],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#closed;
    clearTimeout(patience);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
