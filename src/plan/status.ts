import type { FoundPending } from "../model/finding-status.ts";
import type { Lane } from "../model/plan.ts";
import { containerInputs, imageNameOf } from "./container.ts";
import { differenceOf } from "./difference.ts";
import type { HostFacts, LaptopFacts, Subject } from "./facts.ts";
import { imageInputs } from "./image.ts";
import { acceptedBy, bytesOf, projectDir } from "./push.ts";
import type { PushFacts } from "./push.ts";
import { identityOf } from "./setup.ts";

/** Asks a host how things stand there, in one frame; nothing is changed. */
export function planStatus(
  subject: Subject,
  { host: facts, laptop }: { readonly host: HostFacts; readonly laptop: LaptopFacts },
): Lane {
  const { project } = subject;
  const { host, push } = facts;
  const { build, envDigests } = laptop;
  if (push === undefined) throw new Error(`nothing was observed of the files for ${host.host}`);
  const identity = identityOf(subject, facts);
  const image = {
    name: imageNameOf(identity),
    settings: project.image,
    dockerfile: project.image.dockerfile,
  };
  const dir = projectDir(host, project);
  const imageHash = build?.inputs.hash ?? "-";
  const settings = project.container;
  const inputs = {
    ...containerInputs({ identity, settings, dir, imageHash, envDigests, replace: false }),
    ...(build === undefined
      ? { in_image_hash: imageHash, in_dockerfile: image.dockerfile }
      : imageInputs(image, build.sources, build.inputs)),
    // What is only for making them stays here.
    ...{ in_env: "", in_mounts: "", in_docker_args: "", in_build_args: "", in_context: "" },
    in_base: host.dir,
    in_dir: dir,
    in_commit: push.commit,
    in_source: push.source,
    in_accept: acceptedBy(push.manifest).join(" "),
  };
  return { host, steps: [{ kind: "frame", title: "status", program: "status", inputs }] };
}

/** What a push to that host would bring, as far as is known without it. */
export function pendingOf({ local, manifest }: PushFacts, group: string): FoundPending {
  const difference = differenceOf(local, manifest);
  const send = difference.changes.filter(({ kind }) => kind === "replace").length;
  return {
    kind: "pending",
    group,
    files: local.tree.size,
    send,
    bytes: bytesOf(difference),
    delete: difference.changes.length - send,
    isFirst: manifest.generation === undefined && manifest.pending.length === 0,
  };
}
