import type { Lane } from "../model/plan.ts";
import type { RequestOf } from "../request/commands.ts";
import { wordOf } from "../remote/words.ts";
import { containerNameOf, identityInputs } from "./container.ts";
import type { HostFacts, Subject } from "./facts.ts";
import { projectDir } from "./push.ts";
import { identityOf } from "./setup.ts";

/** Lists what of the project is on a host. */
export function planPs(subject: Subject, facts: HostFacts): Lane {
  const { project } = subject;
  const containers = project.hostGroups.map((group) => {
    const name = containerNameOf(identityOf({ project, group }, facts));
    return `${group.name}=${name}`;
  });
  const inputs = { ...lookInputs(subject, facts), in_containers: containers.join(" ") };
  return { host: facts.host, steps: [{ kind: "frame", title: "look", program: "ps", inputs }] };
}

/** Prints the log of a job, on which nothing else depends. */
export function planLogs(
  { follow }: { readonly follow: boolean },
  subject: Subject,
  facts: HostFacts,
): Lane {
  const inputs = {
    in_dir: projectDir(facts.host, subject.project),
    in_group: subject.group.name,
  };
  return {
    host: facts.host,
    steps: [
      { kind: "frame", title: "find the log", program: "logs", inputs },
      { kind: "follow", title: "log", log: follow ? "to-the-end" : "so-far" },
    ],
  };
}

/** Ends what runs there: all sessions, those and the jobs, or what the ids name. */
export function planStop(
  { ids, all, areListed }: RequestOf<"stop">,
  subject: Subject,
  facts: HostFacts,
): Lane {
  const inputs = {
    ...lookInputs(subject, facts),
    in_ids: ids.map(wordOf).join(" "),
    in_all: all ? "1" : "",
    in_must: subject.group.hosts.length === 1 && areListed === undefined ? "1" : "",
  };
  return { host: facts.host, steps: [{ kind: "frame", title: "stop", program: "stop", inputs }] };
}

function lookInputs(subject: Subject, facts: HostFacts): Readonly<Record<string, string>> {
  const { project } = subject;
  return {
    ...identityInputs(identityOf(subject, facts)),
    in_engine: project.container.engine,
    in_dir: projectDir(facts.host, project),
  };
}
