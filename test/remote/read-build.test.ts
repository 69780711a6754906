import { describe, expect, test } from "vitest";
import { advanceBuild, emptyBuildProgress, isBuildNoise } from "../../src/remote/read-build.ts";

const progressOf = (log: string) =>
  log.split("\n").map(
    ((build) => (line: string) => {
      build = advanceBuild(build, line);
      return `${build.done}/${build.total} ${build.title}`;
    })(emptyBuildProgress),
  );

describe("the progress of a build", () => {
  test("is read from the legacy builder", () => {
    const log = [
      "Sending build context to Docker daemon  2.607kB",
      "Step 1/3 : FROM python:3.11",
      " ---> 603298975931",
      "Step 2/3 : RUN echo Step 9/9",
      "Step 3/3 : LABEL a=b",
      "Successfully built d077ad3f7377",
    ].join("\n");
    expect(progressOf(log)).toEqual([
      "0/0 ",
      "0/3 FROM python:3.11",
      "0/3 FROM python:3.11",
      "1/3 RUN echo Step 9/9",
      "2/3 LABEL a=b",
      "3/3 LABEL a=b",
    ]);
  });

  test("is read from BuildKit, whose stages run side by side", () => {
    const log = [
      "#1 [internal] load build definition from Dockerfile",
      "#1 DONE 0.0s",
      "#4 [base 1/2] FROM docker.io/library/python:3.11",
      "#4 CACHED",
      "#5 [base 2/2] RUN pip install torch",
      "#6 [stage-1 1/3] FROM docker.io/library/debian",
      "#5 0.512 Collecting torch",
      "#5 DONE 12.3s",
    ].join("\n");
    expect(progressOf(log)).toEqual([
      "0/0 ",
      "0/0 ",
      "0/2 FROM docker.io/library/python:3.11",
      "1/2 FROM docker.io/library/python:3.11",
      "1/2 RUN pip install torch",
      "1/5 FROM docker.io/library/debian",
      "1/5 FROM docker.io/library/debian",
      "2/5 FROM docker.io/library/debian",
    ]);
  });

  test("is read from podman", () => {
    expect(progressOf("STEP 2/4: RUN make")).toEqual(["1/4 RUN make"]);
    expect(progressOf("[1/2] STEP 2/4: RUN make")).toEqual(["1/4 RUN make"]);
  });
});

test("the advice to install another builder is noise, a step's own words are not", () => {
  const noise = [
    "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.",
    "            Install the buildx component to build images with BuildKit:",
    "            https://docs.docker.com/go/buildx/",
  ];
  expect(noise.every(isBuildNoise)).toBe(true);
  expect(isBuildNoise("DEPRECATED: pip will")).toBe(false);
});
