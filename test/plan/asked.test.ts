import { describe, expect, test } from "vitest";
import type { ContainerSettings, Host, Project } from "../../src/model/project.ts";
import { askedBy, digestOf } from "../../src/plan/asked.ts";
import { projectOf } from "../../src/project/config-project.ts";
import { configSchema } from "../../src/project/config-schema.ts";

const plain = projectOf(
  configSchema.parse({ host_groups: { dev: { hosts: [{ host: "apollo", dir: "/d" }] } } }),
  { root: "/toy", configFile: "", defaultName: "toy", defaultDockerfile: "Dockerfile" },
);
const [apollo] = plain.hostGroups[0]?.hosts ?? [];
const group = (hosts: readonly Partial<Host>[] = [{}]) => ({
  name: "dev",
  hosts: hosts.map((host) => ({ ...apollo, ...host }) as Host),
});
const withContainer = (container: Partial<ContainerSettings>): Project => ({
  ...plain,
  container: { ...plain.container, ...container },
});
const mount = { source: "/data", target: "/data", readonly: true };

describe("a configuration", () => {
  test.each<[string, Partial<ContainerSettings>]>([
    ["nothing", {}],
    ["values of its own, and ports", { env: { A: "1" }, ports: [{ host: 1, container: 1 }] }],
    ["a network of its own", { network: "hosts" }],
    ["no network", { network: "none" }],
  ])("that names %s asks for nothing more than its container", (_, container) => {
    expect(askedBy(withContainer(container), group())).toBeUndefined();
  });

  const more: readonly Partial<ContainerSettings>[] = [
    { mounts: [mount] },
    { mounts: [{ ...mount, readonly: false }] },
    { mounts: [{ ...mount, target: "/e" }] },
    { dockerArgs: ["--privileged"] },
    { dockerArgs: ["--cap-add", "ALL"] },
    { dockerArgs: ["--cap-add ALL"] },
    { network: "host" },
    { network: "container:db" },
    { env: { TOKEN: null } },
    { env: { TOKEN: null, KEY: null } },
  ];

  test("asks for something else with each thing that is more, and on each host, account and directory", () => {
    const groups = [
      group(),
      ...[{ dir: "/e" }, { user: "mallory" }, { port: 2222 }].map((host) => group([host])),
      group([{}, { host: "enterprise" }]),
    ];
    const digests = more.flatMap((container) =>
      groups.map((hosts) => {
        const asked = askedBy(withContainer(container), hosts);
        return asked === undefined ? "" : digestOf(asked);
      }),
    );
    expect(new Set(digests).size).toBe(more.length * groups.length);
    expect(digests).not.toContain("");
  });

  test("asks for the same, whatever else changes", () => {
    const asked = (container: Partial<ContainerSettings>) => {
      const found = askedBy(withContainer({ mounts: [mount], ...container }), group());
      return found === undefined ? "" : digestOf(found);
    };
    expect(asked({ env: { A: null, B: null } })).toBe(asked({ env: { B: null, A: null, C: "1" } }));
    expect(asked({ shmSize: "1g", network: "mine", ports: [] })).toBe(asked({}));
  });
});
