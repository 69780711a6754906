import type { Handoff, Session } from "../model/plan.ts";
import { sessionInputs } from "../remote/exec.ts";
import { wordOf } from "../remote/words.ts";
import { containerNameOf } from "./container.ts";
import { hashOf } from "./image.ts";
import type { HostFacts, LaptopFacts, Subject } from "./facts.ts";
import { projectDir } from "./push.ts";
import { identityOf } from "./setup.ts";

/** A REPL to which nobody has been attached for so long ends: a day. */
const keptForSeconds = 86_400;

/** The user's command in the container of each host; a terminal only where there is one host. */
export function planSessions(
  {
    kind,
    words,
    tty,
    waits,
    keeps,
  }: {
    readonly kind: Handoff["kind"];
    readonly words: readonly string[];
    readonly tty: boolean;
    /** The session outlives igor; `anew`: and takes the place of the one that does already. */
    readonly keeps: "no" | "yes" | "anew";
    /** The commands wait for what the lanes of their hosts bring. */
    readonly waits: boolean;
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
        workspace,
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
          in_waits: waits ? "1" : "",
          in_verb: kind,
          in_from: wordOf(facts.laptop.name),
        },
        tty,
        ...(keeps === "no"
          ? {}
          : {
              keep: {
                key: hashOf([engine, host.login, container, words]).slice(0, 16),
                python: project.container.python,
                expiresAfterSeconds: keptForSeconds,
                isNew: keeps === "anew",
              },
            }),
      };
    }),
  };
}
