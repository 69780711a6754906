import { expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { aDebugProject, nothingRuns, stoppedAt } from "../support/debug-project.ts";
import { containerOf } from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const project = aDebugProject({ "a.py": "key = 's3cr3t'\nprint(1)\n" });
readyContainer(laptop, project);

/** What debugpy's event of that name tells. */
interface DebugpySockets {
  readonly sockets: readonly { readonly port: number; readonly internal: boolean }[];
}

/** Connects to a port in the container as a user of it: how many bytes it hears within two seconds, at most one. */
async function hears(user: string, port: number): Promise<string> {
  const script = `import socket
c = socket.create_connection(("127.0.0.1", ${String(port)}), 2)
c.settimeout(2)
try: print(len(c.recv(1)))
except ConnectionResetError: print(0)`;
  const words = ["docker", "exec", "-u", user, containerOf(project), "python3", "-c", script];
  return (await onHost("apollo", words)).stdout.trim();
}

test("no other user of the container speaks with the debugger, not even root", async () => {
  await using client = await stoppedAt(laptop, project, { file: "a.py", line: 2 });
  await client.stop();
  const port = await until("the port", () =>
    client.events
      .filter(({ event }) => event === "debugpySockets")
      .flatMap(({ body }) => (body as DebugpySockets).sockets)
      .find(({ internal }) => !internal),
  );
  const { stdout: own } = await laptop.igor(project, ["docker", "exec", "id", "-u"]);
  expect(await hears("4321", port.port)).toBe("0");
  expect(await hears("0", port.port)).toBe("0");
  expect(await hears(own.trim(), port.port)).toBe("1");
  expect((await client.ask("threads")).success).toBe(true);
  await client.disconnect();
  await nothingRuns(project);
});
