import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/model/failure.ts";
import { wholeSumText } from "../../src/view/end-lines.ts";
import { lineText } from "../../src/view/line.ts";
import { frameOf, linesOf } from "../../src/view/lines.ts";
import { messageText } from "../../src/view/message-text.ts";
import { widthOf } from "../../src/view/text-width.ts";
import { setupOfTwo, setupThatFails, setupThatWorks, Story } from "./story.ts";

const refused = (host: string): Failure => ({
  reason: "unreachable",
  cause: "refused",
  host,
  lastWords: ["ssh: connect to host 10.77.0.2 port 22: Connection refused\r"],
});

const many = Array.from({ length: 16 }, (_, index) => `gpu-node-${index + 1}`);

function sixteen(): Story {
  const story = new Story("push", many);
  for (const [index, host] of many.entries()) {
    if (index === 15) continue;
    story.step(10, host, "transfer");
    story.progress(10, host, { unit: "files", done: 0, total: 2000 });
    story.progress(2010, host, { unit: "files", done: 100 * index, total: 2000, note: "src/a.py" });
    if (index < 3) story.ended(2100, host);
  }
  return story;
}

describe("linesOf", () => {
  test.each([40, 80, 200])("shows what each host does, %i columns wide", (width) => {
    expect(setupOfTwo().frame(3_400, width)).toMatchSnapshot();
  });

  test.each([40, 80, 200])("says what was done and why, %i columns wide", (width) => {
    expect(setupThatWorks().frame(99_999, width)).toMatchSnapshot();
  });

  test("shows the last words of a host that failed while others work", () => {
    const story = new Story("docker setup", ["apollo", "enterprise"])
      .step(5, "apollo", "push")
      .step(5, "enterprise", "push")
      .ended(2_000, "apollo", { failure: refused("apollo") });
    expect(story.frame(2_500, 80)).toMatchSnapshot();
  });

  test.each([40, 80])("ends a failed build with its last lines, %i columns wide", (width) => {
    expect(setupThatFails().over(9_101).frame(0, width)).toMatchSnapshot();
  });

  test("gives each of 16 hosts one line", () => {
    expect(sixteen().frame(2_200, 80)).toMatchSnapshot();
  });

  test("counts the hosts for which a low terminal has no line", () => {
    const lines = frameOf(sixteen().view(), 2_200, { width: 80, height: 6 });
    expect(lines.map(lineText).join("\n")).toMatchSnapshot();
  });

  test("says the same advice once", () => {
    const story = new Story("push", many.slice(0, 3));
    for (const host of many.slice(0, 3)) story.ended(40, host, { failure: refused(host) });
    expect(story.over(50).frame(0, 80)).toMatchSnapshot();
  });

  test("is one line for one host on which all went well", () => {
    const story = new Story("push", ["apollo"])
      .step(1, "apollo", "push")
      .decided(300, "apollo", { kind: "pushed", files: 1, deleted: 0, bytes: 830 })
      .ended(310, "apollo")
      .over(311);
    expect(story.frame(0, 80)).toBe("✓ push done on apollo in 0.3 s: 1 file pushed (830 B)");
  });

  test("groups the results of a command by how it ended", () => {
    const story = new Story("docker exec", ["apollo", "gpu3", "enterprise", "x"])
      .ended(1_200, "gpu3", { exitCode: 3 })
      .ended(1_300, "apollo", { exitCode: 0 })
      .ended(1_400, "x", { failure: refused("x") })
      .ended(3_400, "enterprise", { exitCode: 0 })
      .over(3_401);
    expect(story.frame(0, 80)).toMatchSnapshot();
  });

  test("says that it was cancelled", () => {
    const story = setupOfTwo()
      .ended(4_000, "apollo", { failure: { reason: "cancelled" } })
      .over(4_001);
    expect(story.frame(0, 80)).toMatchSnapshot();
  });

  test("says once that all of it was cancelled", () => {
    const story = new Story("docker exec my", ["apollo"])
      .ended(2_000, "apollo", { failure: { reason: "cancelled" } })
      .over(2_000);
    expect(story.frame(0, 80)).toContain("docker exec my cancelled after 2.0 s");
    expect(story.frame(0, 80)).not.toContain("2.0 s: cancelled");
    const view = story.view();
    expect(wholeSumText(view)).toBe("docker exec my cancelled after 2.0 s");
    expect(messageText("exec", view)).toBe("exec cancelled (apollo, 2.0 s)");
  });

  test("shows why nothing was begun", () => {
    const story = new Story("", []);
    story.tell({ type: "failed", failure: { reason: "config-missing", from: "/tmp" }, at: 3 });
    expect(story.frame(0, 60)).toMatchSnapshot();
  });

  test("shows hostile names and notes without what they hide", () => {
    const story = new Story("push\u001b[2J", ["a\u001b[31mb"])
      .step(1, "a\u001b[31mb", "transfer\u0007")
      .progress(2, "a\u001b[31mb", { unit: "files", done: 1, note: "x\ny\t\u202ez" });
    expect(story.frame(50, 80)).toBe("⠋ ab   0.1 s  transfer  1 file  y    z");
  });

  test("fits in every width", () => {
    const stories = [setupOfTwo(), setupThatWorks(), setupThatFails().over(1), sixteen()];
    fc.assert(
      fc.property(fc.constantFrom(...stories), fc.integer({ min: 1, max: 250 }), (story, width) => {
        for (const line of linesOf(story.view(), 5_000, width)) {
          expect(widthOf(lineText(line))).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 60 },
    );
  });
});
