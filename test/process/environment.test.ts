import { expect, test } from "vitest";
import { inEnvironment } from "../../src/run/environment.ts";
import { runToEnd } from "../../src/run/spawn.ts";

const seen = async (): Promise<string> => {
  const look = async () =>
    runToEnd(["sh", "-c", 'echo "${IGOR_TEST-unset} ${HOME-unset} $LC_ALL"']);
  // The first program ends before the second begins: what comes later has the same environment.
  await look();
  return (await look()).stdout.toString().trim();
};

test("programs see the environment of the request that they are started for, several at a time", async () => {
  process.env["IGOR_TEST"] = "igor's own";
  const path = process.env["PATH"];
  const told = [
    inEnvironment({ PATH: path, IGOR_TEST: "one", HOME: "/one" }, seen),
    inEnvironment({ PATH: path, IGOR_TEST: undefined, HOME: "/two" }, seen),
    seen(),
  ];
  const home = process.env["HOME"] ?? "unset";
  expect(await Promise.all(told)).toEqual(["one /one C", "unset /two C", `igor's own ${home} C`]);
});
