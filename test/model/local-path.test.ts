import fc from "fast-check";
import { expect, test } from "vitest";
import { localPathOf } from "../../src/model/local-path.ts";

const map = {
  workspace: "/workspace",
  directory: "/workspace/src",
  mappings: [
    { local: "../lib", remote: "/opt/lib" },
    { local: "/home/dino/torch/", remote: "/usr/lib/python3/torch" },
    { local: "vendor", remote: "/workspace/third_party/" },
    { local: ".", remote: "/private/workspace" },
  ],
};

test.each([
  ["/workspace/a.py", "a.py"],
  ["/workspace/a b/ü.py", "a b/ü.py"],
  ["/workspace//a/./b/../c.py", "a/c.py"],
  ["train.py", "src/train.py"],
  ["./train.py", "src/train.py"],
  ["../tests/test_a.py", "tests/test_a.py"],
  ["/opt/lib/x/y.py", "../lib/x/y.py"],
  ["/usr/lib/python3/torch/nn.py", "/home/dino/torch/nn.py"],
  ["/workspace/third_party/z.c", "vendor/z.c"],
  ["/private/workspace/a.py", "a.py"],
  ["/workspace", undefined],
  ["/workspace2/a.py", undefined],
  ["/opt/library/a.py", undefined],
  ["/workspace/../etc/passwd", undefined],
  ["../../etc/passwd", undefined],
  ["/opt/lib/../../etc/passwd", undefined],
  ["/usr/lib/python3/json.py", undefined],
  ["<stdin>", "src/<stdin>"],
])("%s of the container is %s here", (remote, local) => {
  expect(localPathOf(map, remote)).toBe(local);
});

test("a workspace at / holds everything, and a mapping of the same directory comes before it", () => {
  const everything = { workspace: "/", directory: "/", mappings: [] };
  expect(localPathOf(everything, "/usr/a.py")).toBe("usr/a.py");
  const mappings = [{ local: "../other", remote: "/workspace" }];
  expect(localPathOf({ ...everything, workspace: "/workspace", mappings }, "/workspace/a.py")).toBe(
    "../other/a.py",
  );
});

test("no path leaves the directory it is found in", () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "",
    "a",
    "workspace",
    "opt",
    "lib",
    "third_party",
    "b.py",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 9 }), fc.boolean(), (parts, isAbsolute) => {
      const local = localPathOf(map, (isAbsolute ? "/" : "") + parts.join("/"));
      const rest = local?.replace("../lib/", "").replace("/home/dino/torch/", "");
      expect(rest?.split("/") ?? []).not.toContain("..");
      expect(rest ?? "a").not.toMatch(/^\/|^$/);
    }),
  );
});
