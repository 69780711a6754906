import * as z from "zod/mini";
import type { PublishedPort } from "../model/project.ts";
import * as rule from "./config-rules.ts";

const gpusWords = 'must be "auto", "all", "none" or a list of devices, e.g. ["0", "1"]';

/** The GPUs of a container; devices are indexes or UUIDs. */
export const gpus = z.union(
  [
    z.enum(["auto", "all", "none"]),
    z
      .array(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9:._/-]*$/, gpusWords)))
      .check(z.minLength(1, gpusWords)),
  ],
  gpusWords,
);

const mount = z.strictObject({
  source: rule.hostPath.check(
    z.describe("The directory or file on the host: absolute, or starting with ~/."),
  ),
  target: rule.containerPath.check(z.describe("Where it is in the container, absolute.")),
  readonly: z
    ._default(z.boolean(), false)
    .check(z.describe("Whether the container may only read it.")),
});

/** What else of the host a container sees. */
export const mounts = z.array(mount).check(rule.eachOnce("target", "is mounted already"));

const portWords = 'must be a port, e.g. 6006, or "HOST:CONTAINER", e.g. "8080:80"';

const publishedPort = z.union(
  [
    rule.port,
    z.string().check(
      z.regex(/^[0-9]{1,5}:[0-9]{1,5}$/, portWords),
      z.refine((pair) => Object.values(portPairOf(pair)).every(isPort), portWords),
    ),
  ],
  portWords,
);

/** Ports of a container that the host publishes. */
export const ports = z.array(publishedPort).check(
  z.superRefine((list, context) => {
    const hostPorts = list.map((port) => portPairOf(port).host);
    hostPorts.forEach((port, index) => {
      if (hostPorts.indexOf(port) === index) return;
      context.addIssue({ code: "custom", path: [index], message: "is published already" });
    });
  }),
);

/** e.g. `6006`, or `"8080:80"`: port 80 of the container on port 8080 of the host */
export function portPairOf(port: number | string): PublishedPort {
  const [host, container = host] = String(port).split(":");
  return { host: Number(host), container: Number(container) };
}

function isPort(port: unknown): boolean {
  return rule.port.safeParse(port).success;
}
