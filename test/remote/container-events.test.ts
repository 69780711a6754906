import { describe, expect, test } from "vitest";
import {
  parseContainerDecision,
  parseContainerFailure,
  parseJobAnswer,
} from "../../src/remote/container-events.ts";

const encoded = (text: string) => Buffer.from(text).toString("base64");

describe("events of the programs for containers", () => {
  test.each([
    ["image-up-to-date", { kind: "image-up-to-date" }],
    ["building no-image", { kind: "building", because: { kind: "no-image" } }],
    [
      "building changed requirements.txt build%20argument%20CUDA",
      {
        kind: "building",
        because: { kind: "changed", inputs: ["requirements.txt", "build argument CUDA"] },
      },
    ],
    ["built dino-toy:igor", { kind: "built", image: "dino-toy:igor" }],
    [
      `copied-directory-ignored my%20src ${encoded("Dockerfile")}`,
      { kind: "copied-directory-ignored", directory: "my src", dockerfile: "Dockerfile" },
    ],
    ["container-kept", { kind: "container-kept" }],
    [
      "container-started no-container",
      { kind: "container-started", because: { kind: "no-container" } },
    ],
    ["container-started stopped", { kind: "container-started", because: { kind: "stopped" } }],
    [
      "container-replaced changed ports env",
      { kind: "container-replaced", because: { kind: "changed", keys: ["ports", "env"] } },
    ],
    [
      `port-taken 5556 ${encoded("the container x")}`,
      { kind: "port-taken", port: "5556", holder: "the container x" },
    ],
    ["gpus cdi", { kind: "gpus", found: "cdi" }],
    ["removed image dino-toy:igor", { kind: "removed", what: "image", name: "dino-toy:igor" }],
    [
      "image-kept dino-toy:igor a b",
      { kind: "image-kept", name: "dino-toy:igor", usedBy: ["a", "b"] },
    ],
    ["job-stopped 1-2", { kind: "job-stopped", job: "1-2" }],
    ["nothing-to-remove", { kind: "nothing-to-remove" }],
    ["pushed", undefined],
  ])("%s is a decision", (event, decision) => {
    expect(parseContainerDecision(event.split(" "))).toEqual(decision);
  });

  test.each([
    ["job 1-2 abc", { kind: "job", job: "1-2", nonce: "abc" }],
    ["job-running 1-2 abc same", { kind: "job-running", job: "1-2", nonce: "abc", same: true }],
    ["job-running 1-2 abc other", { kind: "job-running", job: "1-2", nonce: "abc", same: false }],
    ["context-needed", { kind: "context-needed" }],
    ["container-kept", undefined],
  ])("%s is an answer", (event, answer) => {
    expect(parseJobAnswer(event.split(" "))).toEqual(answer);
  });

  test.each([
    [
      "engine-unavailable podman stopped",
      { reason: "engine-unavailable", engine: "podman", cause: "stopped" },
    ],
    [
      `build-failed docker step ${encoded("Step 1/2 : RUN x")} ${encoded("/l")}`,
      {
        reason: "build-failed",
        engine: "docker",
        cause: "step",
        step: "Step 1/2 : RUN x",
        log: "/l",
      },
    ],
    [
      `build-failed podman base-image  ${encoded("/l")}`,
      { reason: "build-failed", engine: "podman", cause: "base-image", log: "/l" },
    ],
    [
      `container-in-use c ${encoded("7 python x\n9 sh\n")} replace`,
      {
        reason: "container-in-use",
        would: "replace",
        container: "c",
        processes: ["7 python x", "9 sh"],
      },
    ],
    [
      `container-in-use c ${encoded("7 python x\n")} remove`,
      { reason: "container-in-use", would: "remove", container: "c", processes: ["7 python x"] },
    ],
    [
      `container-foreign c ${encoded("kim")}`,
      { reason: "container-foreign", container: "c", owner: "kim" },
    ],
    [
      `container-not-started c mount running-again ${encoded("/x y")}`,
      {
        reason: "container-not-started",
        container: "c",
        cause: "mount",
        previous: "running-again",
        detail: "/x y",
      },
    ],
    [`step-failed ${encoded("list")} 5`, { reason: "step-failed", step: "list", exitCode: 5 }],
    ["locked x", undefined],
  ])("failed %s is a failure", (event, failure) => {
    const where = { host: "apollo", lastWords: ["last"] };
    expect(parseContainerFailure(event.split(" "), where)).toEqual(
      failure && { ...failure, ...where },
    );
  });

  test("a missing dockerfile is the project's failure, not the host's", () => {
    const event = ["dockerfile-missing", encoded("d/x")];
    const failure = parseContainerFailure(event, { host: "apollo", lastWords: [] });
    expect(failure).toEqual({ reason: "dockerfile-missing", file: "d/x" });
  });
});
