import type { Command } from "./commands.ts";
import { commonOptions } from "./options.ts";

/** The verbs about what is there and runs on hosts, as part of the table in `commands.ts`. */
export const runningVerbs = {
  ps: {
    words: ["docker", "ps"],
    summary: "list what is on the hosts: containers, processes, images",
    asks: true,
    description: [
      "Lists, for each host: the project's containers; the processes in the container of the group, with the session they belong to, who started it, on which laptop, how long ago, and what they use of the memory and of the GPUs; builds that run; the images; and leftovers. One round trip.",
      "A session is one igor docker exec or repl with everything that it started. What has none was started by the container itself or by hand. igor stop ends what the columns SESSION, PID and JOB name.",
    ],
    options: [...commonOptions],
    optionSummaries: {
      json: "Print each container, session, process, image and so on as an event of JSON, one per line.",
    },
    examples: [
      { line: "igor docker ps", does: "Lists what is on the hosts of dev." },
      { line: "igor docker ps -g cluster --json", does: "The same of cluster, for a program." },
    ],
  },
  logs: {
    words: ["docker", "logs"],
    summary: "print the log of the last build",
    asks: true,
    description: [
      "Prints what the build or setup that runs on each host has said so far, or all that the last one said. It is kept on the host, whichever laptop began it. The container itself says nothing: your commands run in it with igor docker exec, and their output is yours.",
    ],
    options: ["follow", ...commonOptions],
    examples: [
      { line: "igor docker logs | grep -i error", does: "Looks for errors in the last build." },
      { line: "igor docker logs -f", does: "Watches the build that another igor began." },
    ],
  },
  clean: {
    words: ["docker", "clean"],
    summary: "remove the project's containers from the hosts",
    description: [
      "Removes the containers that igor made for this project and group, and says which. Where something runs in one, igor asks first on a terminal, and in Neovim. Nothing else is touched: not the files on the host, and no container without igor's labels.",
    ],
    options: ["images", ...commonOptions],
    examples: [
      {
        line: "igor docker clean --images",
        does: "Removes the containers of dev and their images.",
      },
    ],
  },
  stop: {
    words: ["stop"],
    summary: "end what runs in the containers of the hosts",
    description: [
      "Ends sessions, each with everything that it started, single processes with what they started, or a build: first they are asked (TERM, or HUP where they have a terminal), and killed after 5 seconds. The container runs on, and so does what was started in it by hand.",
      "Without an ID, all sessions in the container of the group end, from whichever laptop; on a terminal igor lists them and asks first.",
    ],
    arguments: {
      property: "ids",
      usage: "[ID...]",
      summary:
        "What igor docker ps shows as SESSION (or the begin of it), PID or JOB. A PID needs --host where the group has several.",
      required: false,
      verbatim: false,
    },
    options: ["all", ...commonOptions],
    examples: [
      { line: "igor stop 3f9a21c0", does: "Ends one session." },
      {
        line: "igor stop --host apollo 812",
        does: "Ends the process 812 in the container on apollo.",
      },
      { line: "igor stop --all", does: "Ends all of it, builds too, and closes the connections." },
    ],
  },
} as const satisfies Record<string, Command>;
