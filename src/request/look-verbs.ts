import type { Command } from "./commands.ts";
import { commonOptions } from "./options.ts";

/** The verbs about the way to the hosts and how things stand there, as part of the table in `commands.ts`. */
export const lookVerbs = {
  login: {
    words: ["login"],
    summary: "let ssh ask for a password, a second factor or a host key",
    description: [
      "Opens the connection to each host with ssh, one after the other, in your terminal, where ssh may ask: for a password, the passphrase of a key, the codes of a second factor, whether an unknown host key is right, to touch a key. A connection that is open already is left as it is.",
      "Afterwards every command goes over that connection and asks nothing, until it was unused for ten minutes; where your own ssh configuration shares connections (ControlMaster), for as long as ControlPersist says there. igor itself sees and keeps no password.",
    ],
    options: ["hostGroup", "host"],
    withoutDefault: ["hostGroup"],
    optionSummaries: {
      hostGroup: "The host group to log in to. Default: dev, or with --host a group that has it.",
    },
    examples: [
      { line: "igor login", does: "Logs in to every host of the group dev." },
      { line: "igor login --host apollo", does: "Logs in to one host." },
    ],
    exitCodes: [
      { code: "1", means: "A host was not reached." },
      { code: "130", means: "You cancelled it; 143 by SIGTERM, 129 by SIGHUP." },
    ],
    files: ["config", "ssh"],
    environment: ["colors", "runtime", "ssh"],
  },
  status: {
    words: ["status"],
    summary: "show how things stand on the hosts",
    asks: true,
    description: [
      "Tells for each host whether it is reached and how far away it is; what was pushed last, and what a push would bring now; whether image and container are up to date, and if not, why; which builds run; the free room on the disk; and how long push, setup and exec took the last time. A host that cannot be reached is told, and keeps the others waiting for nothing.",
      "Nothing is changed, neither there nor here. igor docker ps tells more of what runs, igor doctor of what does not work.",
    ],
    options: [...commonOptions],
    examples: [
      { line: "igor status", does: "Tells of the hosts of dev." },
      { line: "igor status -g cluster --json", does: "The same of cluster, for a program." },
    ],
    exitCodes: [{ code: "1", means: "A host was not reached." }],
  },
  doctor: {
    words: ["doctor"],
    summary: "look at the whole way into the container, and say what to mend",
    description: [
      "Looks at this machine, and then at each host: the way there (name, login, host key, shared connection, distance, clock), the host (tools, rsync, the project's directory and whose files are in it, room, shared memory), its container engine (rights, builder, room, GPUs), and the container (python, debugpy, shared memory, whose files it makes, its home). Each thing is ok, warn or fail; with what is not ok there is what to do.",
      "What depends on something that fails is not checked. Outside of a project only this machine is looked at. Nothing is changed: a file that is made in the container, to see whose it is, goes again.",
    ],
    options: ["hostGroup", "host", "json"],
    withoutDefault: ["hostGroup"],
    optionSummaries: {
      hostGroup: "The host group to look at. Default: dev, or with --host a group that has it.",
      json: "Print one JSON object per thing that was looked at.",
    },
    examples: [
      { line: "igor doctor", does: "Looks at this machine and the hosts of dev." },
      { line: "igor doctor --host apollo", does: "Looks at one host only." },
    ],
    exitCodes: [
      { code: "0", means: "Nothing fails; there may be warnings." },
      { code: "1", means: "Something fails." },
      { code: "130", means: "You cancelled it; 143 by SIGTERM, 129 by SIGHUP." },
    ],
    files: ["config", "ssh", "host", "state"],
    environment: ["colors", "directories", "runtime", "ssh"],
  },
} as const satisfies Record<string, Command>;
