import type { Decision, Event } from "../../src/model/event.ts";
import type { Failure } from "../../src/model/failure.ts";
import type { Finding } from "../../src/model/finding.ts";
import { lineText } from "../../src/view/line.ts";
import { linesOf } from "../../src/view/lines.ts";
import { advance, startView } from "../../src/view/view.ts";
import type { View } from "../../src/view/view.ts";

/** Events told in order; each call is so many milliseconds after the beginning. */
export class Story {
  readonly events: Event[] = [];

  constructor(title: string, hosts: readonly string[], more: { asks?: true } = {}) {
    this.events.push({ type: "plan-started", title, hosts, ...more, at: 0 });
  }

  found(at: number, host: string, ...findings: Finding[]): this {
    for (const finding of findings) this.tell({ type: "found", host, finding, at });
    return this;
  }

  step(at: number, host: string, step: string): this {
    return this.tell({ type: "step-started", host, step, at });
  }

  stepEnded(at: number, host: string, step: string): this {
    return this.tell({ type: "step-ended", host, step, at });
  }

  decided(at: number, host: string, decision: Decision): this {
    return this.tell({ type: "decided", host, decision, at });
  }

  progress(at: number, host: string, more: ProgressOf): this {
    return this.tell({ type: "progress", host, at, ...more });
  }

  output(at: number, host: string, ...lines: string[]): this {
    for (const line of lines) this.tell({ type: "output", host, stream: "stdout", line, at });
    return this;
  }

  says(at: number, host: string, ...lines: string[]): this {
    for (const line of lines) {
      this.tell({ type: "output", of: "command", host, stream: "stdout", line, at });
    }
    return this;
  }

  ended(at: number, host: string, more: { exitCode?: number; failure?: Failure } = {}): this {
    return this.tell({ type: "host-ended", host, at, ...more });
  }

  over(at: number): this {
    return this.tell({ type: "plan-ended", at });
  }

  tell(event: Event): this {
    this.events.push(event);
    return this;
  }

  view(): View {
    return this.events.reduce(advance, startView);
  }

  /** The frame at a moment, as text between bars that show its width. */
  frame(now: number, width: number): string {
    return linesOf(this.view(), now, width)
      .map((line) => lineText(line))
      .join("\n");
  }
}

type ProgressOf = Pick<Extract<Event, { type: "progress" }>, "unit" | "done" | "total" | "note">;

/** A setup of two hosts, in the middle of a build on one of them. */
export function setupOfTwo(): Story {
  return new Story("docker setup", ["apollo", "enterprise"])
    .step(20, "apollo", "push")
    .step(22, "enterprise", "push")
    .decided(140, "enterprise", { kind: "nothing-to-push", files: 2000 })
    .decided(141, "enterprise", { kind: "image-up-to-date" })
    .decided(142, "enterprise", { kind: "container-kept" })
    .stepEnded(143, "enterprise", "push")
    .ended(144, "enterprise")
    .decided(150, "apollo", { kind: "pushed", files: 3, deleted: 1, bytes: 12_300 })
    .decided(151, "apollo", {
      kind: "kept-aside",
      paths: ["a.py", "b.py"],
      directory: "~/x/train/.igor/host/conflicts/4f2a",
    })
    .decided(152, "apollo", {
      kind: "building",
      because: { kind: "changed", inputs: ["requirements.txt"] },
    })
    .stepEnded(153, "apollo", "push")
    .step(154, "apollo", "build image")
    .output(900, "apollo", "Step 3/7 : RUN pip install -r requirements.txt")
    .progress(900, "apollo", {
      unit: "steps",
      done: 3,
      total: 7,
      note: "RUN pip install -r requirements.txt",
    });
}

/** The rest of that setup, with a build that ends well. */
export function setupThatWorks(): Story {
  return setupOfTwo()
    .stepEnded(12_000, "apollo", "build image")
    .decided(12_010, "apollo", { kind: "container-replaced", because: { kind: "new-image" } })
    .ended(12_400, "apollo")
    .over(12_401);
}

/** The rest of that setup, with a build that fails. */
export function setupThatFails(): Story {
  return setupOfTwo()
    .output(9_000, "apollo", "\u001b[91mERROR: No matching distribution found for torhc\u001b[0m")
    .ended(9_100, "apollo", {
      failure: {
        reason: "build-failed",
        engine: "docker",
        host: "apollo",
        cause: "step",
        step: "Step 3/7 : RUN pip install -r requirements.txt",
        log: "/home/dino/x/train/.igor/host/jobs/7/log",
        lastWords: [],
      },
    });
}
