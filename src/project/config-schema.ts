import * as z from "zod/mini";
import { hostGroupSchema } from "./config-host-groups.ts";
import { gpus, mounts, portPairOf, ports } from "./config-container.ts";
import * as rule from "./config-rules.ts";

const pathMappingSchema = z.strictObject({
  local: rule.line.check(z.describe("A directory here, absolute or relative to the project.")),
  remote: rule.containerPath.check(z.describe("The same directory in the container.")),
});

/**
 * What `.igor/config.json` may say: validation, defaults, the JSON schema for editors and the help of
 * the configuration come from here. A key without a default may be left out unless it is required.
 */
export const configSchema = z
  .strictObject({
    $schema: z.optional(z.string()).check(z.describe("For editors; igor does not read it.")),
    host_groups: z.record(rule.name, hostGroupSchema).check(
      z.refine((groups) => Object.keys(groups).length > 0, "must hold at least one group"),
      z.describe("The hosts, by group. The group dev is meant when none is named."),
    ),
    project: z
      .optional(rule.name)
      .check(
        z.describe(
          "The project's name: part of its directory on the hosts and, in lower case, of the names of its image and containers. By default the name of the directory that holds .igor.",
        ),
      ),
    user: z
      .optional(rule.loginName)
      .check(
        z.describe(
          "The login name on the hosts, and the first part of container names. Without it ssh decides.",
        ),
      ),
    dockerfile: z
      .optional(rule.projectPath)
      .check(
        z.describe(
          "What the image is built from, relative to the project. By default Dockerfile, else dockerfile.",
        ),
      ),
    docker_rebuild_files: z
      ._default(z.array(rule.projectPath), [])
      .check(
        z.describe(
          "Files of which a change rebuilds the image, beside the dockerfile and the files it copies. Patterns such as requirements/*.txt are allowed.",
        ),
      ),
    build_args: z
      ._default(z.record(rule.variableName, rule.variableValue), {})
      .check(
        z.describe("Build arguments of the image, by name. Not for secrets: images keep them."),
      ),
    engine: z
      ._default(z.enum(["docker", "podman"]), "docker")
      .check(z.describe("What runs containers on the hosts: docker or podman.")),
    workspace: z
      ._default(rule.containerPath, "/workspace")
      .check(z.describe("Where the project is in the container.")),
    python: z
      ._default(rule.program, "python3")
      .check(z.describe("The Python of the container: a name or a path.")),
    repl_cmd: z
      .optional(rule.line)
      .check(
        z.describe(
          "What igor docker repl runs, as a shell in the container reads it. By default the value of python.",
        ),
      ),
    debug_port: z
      .optional(rule.port)
      .check(
        z.describe(
          "A port published like those of ports, for debuggers that listen in the container. Everybody with an account on the host can reach it, and a debugger lets whoever reaches it run anything as you: on a shared host, leave it out.",
        ),
      ),
    gpus: z
      ._default(gpus, "auto")
      .check(
        z.describe(
          'The GPUs the container gets. "auto": all of them where the host has some. "all": all of them, and a host without is an error. "none", or a list of indexes or UUIDs.',
        ),
      ),
    shm_size: z
      ._default(
        z
          .string()
          .check(z.regex(/^[1-9][0-9]*[bkmgBKMG]?$/, 'must be a size such as "512m" or "8g"')),
        "8g",
      )
      .check(
        z.describe(
          "The limit of shared memory in the container, which data loaders need plenty of.",
        ),
      ),
    env: z
      ._default(z.record(rule.variableName, z.nullable(rule.variableValue)), {})
      .check(
        z.describe(
          "Environment variables of the container, by name. null means the value that the variable has where you call igor docker setup, so that the file holds no secret.",
        ),
      ),
    mounts: z._default(mounts, []).check(z.describe("What else of the host the container sees.")),
    ports: z
      ._default(ports, [])
      .check(
        z.describe(
          'Ports of the container that the host publishes, on 127.0.0.1 only: 6006, or "8080:80" for port 80 of the container on port 8080 of the host. No other machine reaches them; every account on the host does.',
        ),
      ),
    container_user: z
      ._default(z.enum(["host", "image"]), "host")
      .check(
        z.describe(
          "Who runs things in the container. host: you, so that files made there are yours on the host. image: whom the image names.",
        ),
      ),
    network: z
      .optional(
        z
          .string()
          .check(
            z.regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/, "must be the name of a network, e.g. host"),
          ),
      )
      .check(z.describe("The container's network, as in docker run --network.")),
    docker_args: z
      ._default(z.array(rule.line), [])
      .check(z.describe("Further arguments of docker run, each word an item.")),
    exclude: z
      ._default(z.array(rule.line), [])
      .check(
        z.describe("What is not pushed: patterns as in .gitignore, beside those of .igorignore."),
      ),
    outputs: z
      ._default(z.array(rule.projectPath), [])
      .check(
        z.describe(
          "What runs on the hosts write there, relative to the project: directories and patterns such as checkpoints/*.pt. igor pull brings it here; it is not pushed.",
        ),
      ),
    shared: z
      ._default(z.array(rule.projectPath), [])
      .check(
        z.describe(
          "Directories of the project that are made on the hosts, e.g. data sets; they are not pushed.",
        ),
      ),
    debug: z
      ._default(
        z.strictObject({
          path_mappings: z
            ._default(z.array(pathMappingSchema), [])
            .check(
              z.describe(
                "Where the sources of files outside the workspace are on this machine, e.g. of libraries: for the debugger, and the quickfix list of the editor.",
              ),
            ),
        }),
        { path_mappings: [] },
      )
      .check(z.describe("Settings of the debugger.")),
  })
  .check(
    z.superRefine((config, context) => {
      config.mounts.forEach(({ target }, index) => {
        if (target !== config.workspace) return;
        const path = ["mounts", index, "target"];
        context.addIssue({ code: "custom", path, message: "is the workspace" });
      });
      const holder = config.ports
        .map(portPairOf)
        .find(({ host, container }) => host === config.debug_port && host !== container);
      if (holder === undefined) return;
      context.addIssue({ code: "custom", path: ["debug_port"], message: "is published already" });
    }),
  );

/** The file's content once it is valid, defaults filled in. */
export type Config = z.infer<typeof configSchema>;
