import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { DapClient } from "../support/dap-client.ts";
import { aDebugProject, debugpyDockerfile } from "../support/debug-project.ts";
import {
  aDockerProject,
  containerOf,
  reconfigure,
  removeDockerProjects,
} from "../support/docker-project.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const project = aDebugProject({ "a.py": "print(1)\n" });
readyContainer(laptop, project);
afterAll(() => removeDockerProjects(["apollo"]));

/** Listens at a port and waits for the other side, or answers what is no HTTP as servers do. */
const listens = `import http.server, socketserver, sys, time
class Silent(socketserver.BaseRequestHandler):
    def handle(self): time.sleep(60)
handler = http.server.BaseHTTPRequestHandler if sys.argv[1] == "http" else Silent
socketserver.TCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("127.0.0.1", 5680), handler) as server:
    print("listens", flush=True)
    server.serve_forever()
`;

/** What an editor shows of a session that does not begin: the answer to `launch`, of several lines. */
async function refusal(
  of: { readonly root: string },
  given: Readonly<Record<string, unknown>>,
  command: "launch" | "attach" = "launch",
): Promise<string> {
  await using client = new DapClient(laptop, of);
  const { success, message = "", body } = await client.begin({ command, arguments: given }, 60_000);
  expect([success, body]).toEqual([false, undefined]);
  await client.event("terminated");
  expect(client.said("stderr")).toBe(`${message}\n`);
  expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
  return message.replaceAll(of.root, "/home/me/toy");
}

const program = (of: TestProject, file = "a.py") => ({ program: join(of.root, file) });

describe("a session that cannot begin says so, in the answer to launch, when", () => {
  test("there is no project", async () => {
    expect(await refusal({ root: temporaryDirectory("igor-none-") }, { program: "a.py" }))
      .toMatchInlineSnapshot(`
      "✗ this directory is not in an igor project: there is no .igor/config.json
        looked in /home/me/toy and every directory above it
        → \`igor init\` makes one here; or go to the directory of your project"
    `);
  });

  test("its configuration has a mistake", async () => {
    const broken = aProject({});
    broken.write({ ".igor/config.json": '{ "host_groups": 3 }\n' });
    expect(await refusal(broken, program(broken))).toMatchInlineSnapshot(`
      "✗ the configuration has 1 mistake
        /home/me/toy/.igor/config.json:1:18
        | host_groups: must be an object: {...}
        |     { "host_groups": 3 }
        |                      ^
        → \`igor help config\` explains every key"
    `);
  });

  test("the editor's configuration does not say what to run", async () => {
    expect(await refusal(project, {})).toMatchInlineSnapshot(`
      "✗ the configuration of the debugger does not say what to run
        → give it one of "program" (a file of the project), "module" and "code""
    `);
    expect(await refusal(project, { ...program(project), module: "a" })).toMatchInlineSnapshot(`
      "✗ the configuration of the debugger names more than one thing to run: program, module
        → give it one of "program" (a file of the project), "module" and "code""
    `);
    expect(await refusal(project, { ...program(project), env: ["A=1"] })).toMatchInlineSnapshot(`
      "✗ the configuration of the debugger has something else than an object of strings as "env"
        → correct it there"
    `);
    expect(await refusal(project, { program: "/etc/hosts" })).toMatchInlineSnapshot(`
      "✗ /etc/hosts is not in the project, and so not in the container
        /home/me/toy
        → debug a file of the project; a path of the container may stand there, too"
    `);
  });

  test("the group is not one of the project", async () => {
    expect(await refusal(project, { ...program(project), igor: { host_group: "clutser" } }))
      .toMatchInlineSnapshot(`
      "✗ there is no host group \`clutser\`; did you mean \`cluster\`?
        /home/me/toy/.igor/config.json, host_groups
        | host groups: dev, cluster
        → choose one with -g NAME, or add it to host_groups"
    `);
  });

  test("nothing listens where it is to attach", async () => {
    expect(await refusal(project, { connect: { port: 5679 } }, "attach")).toMatchInlineSnapshot(`
      "✗ apollo: no program in the container waits for a debugger at port 5679
        | [Errno 111] Connection refused
        → a program waits after \`debugpy.listen(5679)\` and \`debugpy.wait_for_client()\`"
    `);
    expect(await refusal(project, {}, "attach")).toMatchInlineSnapshot(`
      "✗ nothing says which program to attach to
        /home/me/toy/.igor/config.json
        → give the configuration of the debugger "processId", or "connect": {"port": N}, or set debug_port in .igor/config.json"
    `);
  });

  test.each([0, 65_536, "5679x"])("the port %s to attach to is none", async (port) => {
    expect(await refusal(project, { connect: { port } }, "attach")).toBe(
      '✗ the configuration of the debugger has something else than a number from 1 to 65535 as "port"\n  → correct it there',
    );
  });

  test("what is said of its parent is not from igor", async () => {
    expect(await refusal(project, { __igor: { directory: 5 } }, "attach")).toMatch(/as "__igor"/);
  });

  test.each([
    ["does not answer", "raw"],
    ["is no debugger", "http"],
  ])("what listens where it is to attach %s", async (words, way) => {
    project.write({ "listens.py": listens });
    const other = laptop.start(project, ["docker", "exec", "--push", "python3", "listens.py", way]);
    await until("it to listen", () => other.stdout?.read() !== null);
    expect(await refusal(project, { connect: { port: "5680" } }, "attach")).toContain(
      `waits for a debugger at port 5680\n  | what listens there ${words}\n`,
    );
    other.kill("SIGINT");
    await ended(other);
  });

  test("the image cannot be built", async () => {
    const unbuildable = aDockerProject({
      Dockerfile: `${debugpyDockerfile}RUN echo no such layer; exit 3\n`,
      "a.py": "",
    });
    await using client = new DapClient(laptop, unbuildable);
    const { message = "" } = await client.begin({ arguments: program(unbuildable) }, 60_000);
    expect(message).toMatch(/the image could not be built.*\n(?:.*\n)*.*no such layer/);
    expect(client.said("console")).toContain("building");
    await client.ended;
  });

  test("the container would be replaced while something runs there, of several lines", async () => {
    const busy = aDockerProject({ Dockerfile: debugpyDockerfile, "a.py": "" });
    await laptop.igor(busy, ["docker", "setup"]);
    const words = ["docker", "exec", "-d", containerOf(busy), "sh", "-c", "sleep 600\nexit 1"];
    await onHost("apollo", words);
    reconfigure(busy, { env: { A: "1" } });
    const message = await refusal(busy, program(busy));
    expect(message).toMatch(/^  \| \d+ sh -c sleep 600 exit 1$/m);
    expect(message.split("\n").at(-1)).toBe(
      "  → end what runs there; or `igor docker setup --host apollo --replace` ends it and replaces the container",
    );
  });

  test("the container has no Python", async () => {
    const bare = aDockerProject({ "a.py": "" });
    expect(await refusal(bare, program(bare))).toMatchInlineSnapshot(`
      "✗ apollo: the container has no python3
        | igor: exec: line 21: python3: not found
        → install Python in the image, or say with the key python how it is called there"
    `);
  });
});
