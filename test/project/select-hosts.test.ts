import { expect, test } from "vitest";
import { projectOf } from "../../src/project/config-project.ts";
import { readConfig } from "../../src/project/config-read.ts";
import { selectHosts } from "../../src/project/select-hosts.ts";

const [apollo, enterprise] = [
  { host: "apollo", dir: "/a" },
  { host: "enterprise", dir: "/e" },
];
const hostGroups = { dev: { hosts: [apollo] }, cluster: { hosts: [apollo, enterprise] } };
const config = readConfig(JSON.stringify({ host_groups: hostGroups }));
if (!config.ok) throw new Error("the sample configuration is wrong");
const file = "/p/.igor/config.json";
const project = projectOf(config.value, {
  root: "/p",
  configFile: file,
  defaultName: "p",
  defaultDockerfile: "Dockerfile",
});

test.each([
  [{ hostGroup: "dev", host: undefined }, ["apollo"]],
  [{ hostGroup: "cluster", host: undefined }, ["apollo", "enterprise"]],
  [{ hostGroup: "cluster", host: "enterprise" }, ["enterprise"]],
])("%j selects %j", (request, hosts) => {
  const selected = selectHosts(project, request);
  expect(selected.ok && selected.value.hosts.map(({ host }) => host)).toEqual(hosts);
});

test("an unknown group is answered with those there are", () => {
  expect(selectHosts(project, { hostGroup: "clutser", host: undefined })).toEqual({
    ok: false,
    failure: {
      reason: "unknown-group",
      name: "clutser",
      known: ["dev", "cluster"],
      suggestion: "cluster",
      file,
    },
  });
});

test("an unknown host is answered with those of the group", () => {
  expect(selectHosts(project, { hostGroup: "dev", host: "enterprise" })).toEqual({
    ok: false,
    failure: {
      reason: "unknown-host",
      name: "enterprise",
      group: "dev",
      known: ["apollo"],
      suggestion: undefined,
      file,
    },
  });
});
