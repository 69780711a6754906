import type { Handoff, Session } from "../model/plan.ts";
import { sessionInputs } from "../remote/exec.ts";
import { wordOf } from "../remote/words.ts";
import { containerNameOf } from "./container.ts";
import type { HostFacts, LaptopFacts, Subject } from "./facts.ts";
import { projectDir } from "./push.ts";
import { identityOf } from "./setup.ts";

/** The user's command in the container of each host; a terminal only where there is one host. */
export function planSessions(
  {
    kind,
    words,
    tty,
    afterPush,
  }: {
    readonly kind: Handoff["kind"];
    readonly words: readonly string[];
    readonly tty: boolean;
    /** The commands wait for the pushes of their hosts. */
    readonly afterPush: boolean;
  },
  subject: Subject,
  facts: { readonly hosts: readonly HostFacts[]; readonly laptop: LaptopFacts },
): Handoff {
  const { project } = subject;
  const { workspace, engine } = project.container;
  const { directory, terminal } = facts.laptop;
  return {
    kind,
    sessions: facts.hosts.map((host): Session => {
      if (host.sessionId === undefined)
        throw new Error(`no session was named for ${host.host.host}`);
      const container = containerNameOf(identityOf(subject, host));
      const place = {
        id: host.sessionId,
        root: projectDir(host.host, project),
        engine,
        container,
        directory: directory === "" ? workspace : `${workspace}/${directory}`,
      };
      return {
        host: host.host,
        container,
        words,
        inputs: {
          ...sessionInputs(
            place,
            tty ? (terminal ?? { term: undefined, colorTerm: undefined }) : undefined,
          ),
          in_after_push: afterPush ? "1" : "",
          in_verb: kind,
          in_from: wordOf(facts.laptop.name),
        },
        tty,
      };
    }),
  };
}
