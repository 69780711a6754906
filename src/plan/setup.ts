import type { Lane } from "../model/plan.ts";
import { containerInputs, identityInputs, imageNameOf } from "./container.ts";
import type { ContainerIdentity } from "./container.ts";
import type { HostFacts, LaptopFacts, Subject } from "./facts.ts";
import { imageInputs } from "./image.ts";
import { planPush, projectDir } from "./push.ts";
import type { PushPlan } from "./push.ts";

/** What `docker setup` and `docker build` were asked, beyond where. */
export interface SetupWishes {
  readonly kind: "setup" | "build";
  readonly adopt: boolean;
  readonly replace: boolean;
}

/** Whose container and image are meant on a host. */
export function identityOf(
  { project, group }: Subject,
  { login }: Pick<HostFacts, "login">,
): ContainerIdentity {
  return { owner: project.user ?? login, project: project.name, group: group.name };
}

/**
 * The tree, then image and container, decided on the host in the same frame; what takes longer is a job there,
 * which the last step follows.
 */
export function planSetup(
  wishes: SetupWishes,
  subject: Subject,
  facts: { readonly host: HostFacts; readonly laptop: LaptopFacts },
): PushPlan {
  const { project } = subject;
  const { host, push, sessionId } = facts.host;
  const { build, envDigests } = facts.laptop;
  if (push === undefined || build === undefined)
    throw new Error(`nothing was observed for a build on ${host.host}`);
  const identity = identityOf(subject, facts.host);
  const image = {
    name: imageNameOf(identity),
    settings: project.image,
    dockerfile: project.image.dockerfile,
    askedForContext: facts.host.askedForContext,
  };
  const { kind, adopt, replace } = wishes;
  const inputs = {
    ...containerInputs({
      identity,
      settings: project.container,
      dir: projectDir(host, project),
      imageHash: build.inputs.hash,
      envDigests,
      replace,
    }),
    // An image has nothing to do with the variables of the container.
    ...(kind === "build" ? { in_env: "" } : {}),
    ...imageInputs(image, build.sources, build.inputs),
    in_job_kind: kind,
    ...(sessionId === undefined ? {} : { in_session: sessionId }),
  };
  const planned = planPush({ project, host, adopt }, push, { program: kind, title: kind, inputs });
  const asks = planned.steps.at(-1);
  // A host that is only asked how the files are to travel has nothing to follow yet.
  if (asks?.kind !== "frame" || asks.program !== kind) return planned;
  return {
    ...planned,
    steps: [
      ...planned.steps,
      {
        kind: "follow",
        title: kind === "setup" ? "image and container" : "image",
        ...(sessionId === undefined ? {} : { releases: sessionId }),
      },
    ],
  };
}

/** Removes what igor made for this project and group; nothing is pushed. */
export function planClean(
  { images, spares = false }: { readonly images: boolean; readonly spares?: boolean },
  subject: Subject,
  facts: HostFacts,
): Lane {
  const { project } = subject;
  const inputs = {
    ...identityInputs(identityOf(subject, facts)),
    in_engine: project.container.engine,
    in_dir: projectDir(facts.host, project),
    in_images: images ? "1" : "",
    in_spare: spares ? "1" : "",
  };
  return { host: facts.host, steps: [{ kind: "frame", title: "clean", program: "clean", inputs }] };
}
