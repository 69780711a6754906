import type { Step } from "../model/plan.ts";
import type { Host } from "../model/project.ts";
import { containerInputs } from "./container.ts";
import type { Subject } from "./facts.ts";
import { projectDir } from "./push.ts";
import { identityOf } from "./setup.ts";

/** What a host is asked about itself, in one frame. */
export function planDoctor(
  subject: Subject,
  { host, login }: { readonly host: Host; readonly login: string },
): Pick<Step & { kind: "frame" }, "program" | "inputs"> {
  const { project } = subject;
  const identity = identityOf(subject, { login });
  const settings = project.container;
  const dir = projectDir(host, project);
  const asked = containerInputs({ identity, settings, dir, imageHash: "-", replace: false });
  return {
    program: "doctor",
    inputs: {
      ...asked,
      ...{ in_env: "", in_mounts: "", in_docker_args: "" },
      in_image_hash: "-",
      in_dockerfile: project.image.dockerfile,
      in_base: host.dir,
      in_dir: dir,
      in_source: "-",
      in_python: settings.python,
    },
  };
}
