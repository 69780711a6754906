import * as z from "zod/mini";
import * as rule from "./config-rules.ts";

const hostSchema = z.strictObject({
  host: rule.hostName.check(
    z.describe("Where the host is: any name that ssh takes, e.g. an alias of your ssh config."),
  ),
  dir: rule.hostPath.check(
    z.describe(
      "The directory on the host that holds projects: absolute, or starting with ~/. This one will be in DIR/PROJECT.",
    ),
  ),
  tag: z
    .optional(rule.variableName)
    .check(z.describe("What the host is for, e.g. worker. No command uses it yet.")),
  user: z.optional(rule.loginName).check(z.describe("The login name on this host.")),
  port: z.optional(rule.port).check(z.describe("The port of this host's ssh.")),
  ip: z
    .optional(z.union([z.ipv4(), z.ipv6()], "must be an IP address"))
    .check(
      z.describe(
        "The address under which the other hosts of the group reach this one. No command uses it yet.",
      ),
    ),
});

/** A named list of hosts. */
export const hostGroupSchema = z.strictObject({
  hosts: z
    .array(hostSchema)
    .check(
      z.minLength(1, "must name at least one host"),
      rule.eachOnce("host", "is in this group already"),
      z.describe("The hosts of the group, in order."),
    ),
});
