import type { Check } from "../model/check.ts";
import { byteText, listText } from "./amount-text.ts";
import type { CheckText } from "./check-text.ts";

/** The words for the project's container and what is in it. */
export function containerCheckText({ name, verdict, values }: Check, host: string): CheckText {
  const [first = "", second = ""] = values;
  switch (name) {
    case "container":
      return stateText(values, host);
    case "python":
      return verdict === "ok"
        ? { found: `${first} (${second})` }
        : {
            found: `${second === "" ? "python" : second} does not run there`,
            fix: "install it in the dockerfile, or name the one to use with `python` in .igor/config.json; without it there is no debugger",
          };
    case "debugpy":
      return verdict === "ok"
        ? { found: first }
        : {
            found: "debugpy is not in the image, which the debugger needs",
            fix: `write \`RUN ${second === "" ? "python" : second} -m pip install debugpy\` in the dockerfile, then \`igor docker setup\``,
          };
    case "memory":
      return memoryText(values);
    case "files":
      return filesText(values);
    case "home":
      return verdict === "ok"
        ? { found: `${first} is writable` }
        : {
            found: `${first === "" ? "HOME is not set" : `${first} cannot be written`}: caches and histories have no place`,
            fix: "leave `container_user` at `host` in .igor/config.json, or give the image's user a home in the dockerfile",
          };
    default:
      return { found: values.join(" ") };
  }
}

function stateText(
  [cause = "", name = "", more = "", words = ""]: readonly string[],
  host: string,
): CheckText {
  switch (cause) {
    case "running":
      return { found: `${name} runs` };
    case "outdated":
      return {
        found: `${name} runs, but not as the configuration says now: ${listText(more.split(" "), 4)}`,
        fix: "`igor docker setup` replaces it",
      };
    case "other-directory":
      return {
        found: `${name} still has the project's old directory, which was deleted or moved`,
        fix: "`igor docker setup` replaces it",
      };
    case "missing":
      return { found: "there is none yet", fix: "`igor docker setup` makes it" };
    case "paused":
    case "stopped":
      return {
        found: `${name} is ${cause}`,
        fix: "`igor docker setup` starts it",
      };
    case "foreign":
      return {
        found: `${name} was not made by igor for this project and group`,
        fix: `remove it if nobody needs it (\`ssh ${host} ${more} rm -f ${name}\`), or set another \`user\` or \`project\` in .igor/config.json`,
      };
    default:
      return {
        found: `${name} runs, and no shell can be started in it: ${words.split("\n").at(-1) ?? ""}`,
        fix: `igor needs \`sh\` in the image; its own words: \`ssh ${host} ${more} logs ${name}\``,
      };
  }
}

function memoryText([cause = "", free = "", total = ""]: readonly string[]): CheckText {
  const all = byteText(Number(total) * 1024);
  const room = `${byteText(Number(free) * 1024)} free of ${all} in its /dev/shm`;
  switch (cause) {
    case "small":
      return {
        found: `${all} in its /dev/shm: data loaders with workers die there (Bus error)`,
        fix: "set `shm_size` to e.g. `8g` in .igor/config.json, and leave --shm-size out of docker_args; then `igor docker setup`",
      };
    case "full":
      return {
        found: `${room}: programs that share memory die there (Bus error)`,
        fix: "`igor docker exec ls -l /dev/shm` shows what is there; remove what no program needs any more",
      };
    default:
      return { found: room };
  }
}

function filesText([first = "", second = "", third = ""]: readonly string[]): CheckText {
  switch (first) {
    case "refused":
      return {
        found: `the user ${third} of the container cannot write in ${second}`,
        fix: "leave `container_user` at `host` in .igor/config.json, then `igor docker setup`",
      };
    case "others":
      return {
        found: `a file that is made in the container belongs to ${second}, not to you`,
        fix:
          third === "image"
            ? "set `container_user` to `host` in .igor/config.json, then `igor docker setup`"
            : "docker_args may set another user: remove that in .igor/config.json, then `igor docker setup`",
      };
    default:
      return { found: `a file that is made in the container belongs to ${first}` };
  }
}
