import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("a process of another user is alive, and one that is not there is not", async () => {
  const entryPoint = fileURLToPath(new URL("../../src/project/is-alive.ts", import.meta.url));
  const options = { bundle: true, platform: "node", format: "cjs", write: false } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [entryPoint] });
  const script = `${outputFiles[0]?.text ?? ""}
    process.stdout.write([1, process.pid, 2 ** 22 + 1].map(isAlive).join());`;
  const nobody = { uid: 65_534, gid: 65_534, cwd: "/" };
  const said = execFileSync(process.execPath, ["-e", script], { ...nobody, encoding: "utf8" });
  expect(said).toBe("true,true,false");
});
