import { expect, test } from "vitest";
import type { Failure } from "../../src/model/failure.ts";
import { lineText } from "../../src/view/line.ts";
import { failureLines } from "../../src/view/failure-lines.ts";
import { failureText } from "../../src/view/failure-text.ts";
import { ofGroup } from "../../src/view/of-group.ts";
import { build, file, on, problem, samples, target } from "./failure-samples.ts";

const table = Object.entries<Record<string, Failure>>(samples).flatMap(([reason, byCause]) =>
  Object.entries(byCause).map(([cause, failure]) => ({ name: `${reason}, ${cause}`, failure })),
);

test.each(table)("$name reads well", ({ failure }) => {
  const drawn = failureLines(failure, 100).map(lineText);
  expect(drawn.join("\n")).toMatchSnapshot();
});

test.each(table)("$name says on which host and what to do", ({ failure }) => {
  const { headline, hint } = failureText(failure);
  if ("host" in failure && !(failure.reason === "not-installed" && failure.where === "laptop")) {
    expect(headline).toMatch(/^apollo: /);
  }
  if (failure.reason !== "cancelled" && failure.reason !== "command-failed") {
    expect(hint).toBeDefined();
  }
});

test.each(table)("$name never advises to switch off host key checking", ({ failure }) => {
  expect(JSON.stringify(failureText(failure))).not.toMatch(/StrictHostKeyChecking|UserKnownHosts/i);
});

test("carets stand below every column of what they point at, also below wide letters", () => {
  const line = problem({ column: 3, length: 4, sourceLine: '  "日本": 1' });
  const { details } = failureText({ reason: "config-invalid", file, problems: [line] });
  expect(details.slice(-2)).toEqual(['    "日本": 1', "    ^^^^^^"]);
});

test("an image that podman could not have is told in podman's words", () => {
  const { hint } = failureText({ ...build, engine: "podman", cause: "base-image" });
  expect(hint).toMatch(/want whole \(docker\.io\/library\/python:3\.12\).*`podman login`/);
});

test("shows what is asked for without what it hides", () => {
  const { details } = failureText(samples["not-trusted"].another ?? { reason: "cancelled" });
  expect(details).toEqual([
    "mounts: '/xy' of apollo, enterprise at /x, writable",
    "docker_args: '--label=x'",
  ]);
  const source = "/data of apollo at /data, read-only'";
  const mounts = [{ source, target: "/", readonly: false }];
  const asked = { ...samples["not-trusted"].one.asked, mounts, dockerArgs: [], env: [] };
  expect(failureText({ reason: "not-trusted", file, asked }).details[0]).toBe(
    "mounts: '/data of apollo at /data, read-only'\\''' of apollo at /, writable",
  );
});

test("an advice names the group, the host and the paths that were asked for", () => {
  const left = [{ path: "a", because: "changed-here" }] as const;
  const notAll = { reason: "not-all-pulled", files: 0, bytes: 0, left, ...on("apollo") } as const;
  const inGroup = { group: "cluster", isNamed: true } as const;
  const advices = [
    { ...notAll, paths: ["notes/", "it's*"], group: "cluster" },
    { ...notAll, ...inGroup },
    { ...notAll, paths: ["a", "b", "c", "d"], ...inGroup },
    { ...target, cause: "has-files", ...inGroup } as const,
    { ...target, cause: "has-files", group: "dev" } as const,
  ].map((failure) => failureText(failure).hint?.replace(/(takes).*/, "$1"));
  expect(ofGroup("igor doctor tells what to do", "cluster")).toMatch(/^igor doctor -g cluster /);
  expect(advices).toMatchInlineSnapshot(`
    [
      "\`igor pull -g cluster --overwrite notes/ 'it'\\''s*'\` takes",
      "\`igor pull -g cluster --host apollo --overwrite\` takes",
      "the same command with --overwrite takes",
      "\`igor push -g cluster --host apollo --adopt\` takes",
      "\`igor push --adopt\` takes",
    ]
  `);
});
