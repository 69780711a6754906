import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { framesOf, frameOf } from "../../src/debug/framing.ts";
import { aDebugProject, nothingRuns } from "../support/debug-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
/** What was debugged when the transcripts were made. */
const project = aDebugProject({
  "train.py": `import subprocess, sys
def step(n):
    total = n * 2
    return total

print(step(3), flush=True)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"])
print("end")
`,
});
readyContainer(laptop, project);

type Message = Readonly<Record<string, unknown>> & { readonly seq?: number };

/** A line of a transcript: what a client said in one of its sessions, or what it heard then. */
type Line =
  { readonly client: number; readonly message: Message } | ({ readonly adapter: number } & Message);

/** One `igor dap`, as a client has it. */
class Session {
  readonly child: ChildProcess = laptop.start({ root: "/" }, ["dap"]);
  readonly ended: Promise<IgorResult> = ended(this.child);
  readonly heard: Message[] = [];
  readonly #taken = new Set<Message>();

  constructor() {
    this.child.stdout?.on(
      "data",
      framesOf(
        ({ body }) => this.heard.push(JSON.parse(body.toString()) as Message),
        (begin) => this.heard.push({ broken: begin }),
      ),
    );
  }

  say(message: Message): void {
    this.child.stdin?.write(frameOf(message));
  }

  /** Waits for a message that has these fields, and that no other line was given. */
  async hears(fields: Message): Promise<Message> {
    const fits = (message: Message): boolean =>
      !this.#taken.has(message) &&
      Object.entries(fields).every(([key, value]) => message[key] === value);
    const found = await until(JSON.stringify(fields), () => this.heard.find(fits));
    this.#taken.add(found);
    return found;
  }
}

// Recorded with vimspector 6ff1a3f and nvim-dap 9e848e0 in Neovim 0.12.4, which :IgorDebug had opened: a stop, a step, a
// child that stops, and the end. What depends on the machine is left out.
test.each(["vimspector", "nvim-dap"])(
  "what %s says, and waits for, goes as it was recorded",
  async (client) => {
    const file = fileURLToPath(new URL(`../nvim/debug-contract/${client}.jsonl`, import.meta.url));
    const lines = readFileSync(file, "utf8")
      .replaceAll('"ROOT', `"${project.root}`)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const sessions: Session[] = [];
    const sessionOf = (index: number): Session => (sessions[index] ??= new Session());
    /** What the adapter asked of the client, last. */
    let asked: Message = {};
    for (const line of lines) {
      if ("adapter" in line) {
        const { adapter, ...fields } = line;
        const heard = await sessionOf(adapter).hears(fields);
        if (fields["type"] === "request") asked = heard;
        continue;
      }
      const { message } = line;
      const session = sessionOf(line.client);
      if (message["type"] === "response") session.say({ ...message, request_seq: asked.seq });
      else if (message["arguments"] === "as asked") {
        const { configuration } = asked["arguments"] as { readonly configuration: Message };
        session.say({ ...message, arguments: configuration });
      } else session.say(message);
    }
    for (const session of sessions) session.child.stdin?.end();
    for (const session of sessions)
      expect(await session.ended).toMatchObject({ exitCode: 0, stderr: "" });
    const stops = sessions.flatMap(({ heard }) =>
      heard.flatMap((message) => {
        const { stackFrames } = (message["body"] ?? {}) as {
          readonly stackFrames?: readonly {
            readonly line: number;
            readonly source: { readonly path: string };
          }[];
        };
        return stackFrames === undefined
          ? []
          : [[stackFrames[0]?.line, stackFrames[0]?.source.path]];
      }),
    );
    const train = join(project.root, "train.py");
    expect(stops).toEqual([
      [4, train],
      [7, train],
      [4, train],
    ]);
    await nothingRuns(project);
  },
);
