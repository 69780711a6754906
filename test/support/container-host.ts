import { randomBytes } from "node:crypto";
import type { ContainerSettings } from "../../src/model/project.ts";
import { containerInputs } from "../../src/plan/container.ts";
import { buildInputsOf, buildSourcesOf, imageInputs } from "../../src/plan/image.ts";
import { parseDockerfile } from "../../src/plan/dockerfile.ts";
import { containerPrograms } from "../../src/remote/container-programs.ts";
import { parseJobAnswer } from "../../src/remote/container-events.ts";
import { advanceJobReading, endJobReading, startJobReading } from "../../src/remote/read-job.ts";
import { onHost } from "../hosts/bed.ts";
import { runProgram } from "./run-program.ts";
import type { ProgramRun, Surroundings } from "./run-program.ts";

/** A container as a configuration without further words asks for it. */
const plainContainer: ContainerSettings = {
  engine: "docker",
  workspace: "/workspace",
  python: "python3",
  gpus: "auto",
  shmSize: "8g",
  env: {},
  mounts: [],
  ports: [],
  user: "host",
  network: undefined,
  dockerArgs: [],
};

/** What is asked for, where it differs from the plain project. */
export interface Asked {
  readonly files?: Readonly<Record<string, string>>;
  readonly container?: Partial<ContainerSettings>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly owner?: string;
  readonly replace?: boolean;
  /** Further inputs, as they are. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** What setup or build did, in its frame and in its job. */
export interface Done extends ProgramRun {
  /** Events of the job; empty when there was none. */
  readonly job: readonly string[];
  readonly lines: readonly string[];
  /** What ended the log, e.g. `END 0 1234`. */
  readonly end: string;
}

/** A project on apollo, whose files are already there. */
export interface HostProject {
  readonly name: string;
  readonly dir: string;
  /** The container of the group dev. */
  readonly container: string;
  inputs(asked?: Asked): Readonly<Record<string, string>>;
  /** Runs a program, and follows its job to the end. */
  run(program: "setup" | "build", asked?: Asked, surroundings?: Surroundings): Promise<Done>;
  /** Runs a program and no more. */
  frame(
    program: keyof typeof containerPrograms,
    asked?: Asked,
    surroundings?: Surroundings,
  ): Promise<ProgramRun>;
  follow(
    job: { job: string; nonce: string },
    surroundings?: Surroundings,
  ): Promise<Pick<Done, "job" | "lines" | "end">>;
  /** Shell text as dino, in the project's directory. */
  sh(text: string): Promise<string>;
  /** Shell text in the container. */
  inside(text: string): Promise<string>;
}

export const plainFiles = {
  Dockerfile: "FROM igor-demo/busybox:1\nCOPY requirements.txt /\n",
  "requirements.txt": "numpy\n",
};

const made: string[] = [];

/** Removes every container and image of the projects of this test file. */
export async function removeHostProjects(): Promise<void> {
  for (const name of made.splice(0)) {
    const label = `--filter label=igor.project=${name}`;
    await onHost(
      "apollo",
      `docker ps -aq ${label} | xargs -r docker rm -f; docker ps -aq --filter name=${name} | xargs -r docker rm -f
       docker images -q ${label} | sort -u | xargs -r docker rmi -f; rm -rf /home/dino/w/${name}`,
    );
  }
}

/** A new project. */
export function aHostProject(): HostProject {
  const name = `t${randomBytes(4).toString("hex")}`;
  made.push(name);
  const dir = `/home/dino/w/${name}`;
  const sh = async (text: string): Promise<string> => {
    const script = `mkdir -p "$1" && cd "$1" && ${text}`;
    const { stdout, stderr, exitCode } = await onHost("apollo", ["sh", "-c", script, "sh", dir], {
      user: "dino",
    });
    if (exitCode !== 0) throw new Error(`${text}: ${stdout}${stderr}`);
    return stdout;
  };
  const inputs = (asked: Asked = {}): Readonly<Record<string, string>> =>
    inputsOf({ name, dir }, asked);
  const frame: HostProject["frame"] = async (program, asked = {}, surroundings = {}) => {
    const files = Object.entries(asked.files ?? plainFiles);
    const write = files.map(
      ([path, content]) => `mkdir -p "$(dirname '${path}')" && printf %s '${content}' >'${path}'`,
    );
    if (program === "setup" || program === "build") await sh(write.join(" && "));
    return runProgram(containerPrograms[program], inputs(asked), surroundings);
  };
  const follow: HostProject["follow"] = async ({ job, nonce }, surroundings = {}) => {
    const { stdout, stderr } = await runProgram(
      containerPrograms.follow,
      { in_dir: dir, in_job: job, in_from: "0" },
      surroundings,
    );
    const { reading, items } = advanceJobReading(startJobReading(nonce), Buffer.from(stdout));
    const all = [...items, ...endJobReading(reading)];
    return {
      job: all.flatMap((item) => (item.kind === "event" ? [item.words.join(" ")] : [])),
      lines: all.flatMap((item) => (item.kind === "line" ? [item.text] : [])),
      end: stderr.trim(),
    };
  };
  return {
    name,
    dir,
    container: `dino-${name}-dev`,
    inputs,
    frame,
    follow,
    sh,
    async run(program, asked = {}, surroundings = {}) {
      const ran = await frame(program, asked, surroundings);
      const answer = ran.events.map((event) => parseJobAnswer(event.split(" "))).find(Boolean);
      if (answer === undefined || answer.kind === "context-needed")
        return { ...ran, job: [], lines: [], end: "" };
      return { ...ran, ...(await follow(answer, surroundings)) };
    },
    inside: (text) => sh(`docker exec -i dino-${name}-dev sh -c '${text}'`),
  };
}

function inputsOf(
  project: { readonly name: string; readonly dir: string },
  asked: Asked,
): Readonly<Record<string, string>> {
  const files: Readonly<Record<string, string>> = asked.files ?? plainFiles;
  const buildArgs = asked.buildArgs ?? {};
  const image = { dockerfile: "Dockerfile", rebuildFiles: [], buildArgs };
  const sources = buildSourcesOf(
    { image, workspace: "/workspace" },
    {
      dockerfile: "Dockerfile",
      reads: parseDockerfile(files["Dockerfile"] ?? "", buildArgs),
      dockerignore: undefined,
      tree: new Map(Object.keys(files).map((path) => [path, "f 1 1.000000000 644"])),
    },
  );
  if (!sources.ok) throw new Error(sources.failure.reason);
  const build = buildInputsOf(sources.value, buildArgs, new Map(Object.entries(files)));
  const identity = {
    owner: asked.owner ?? "dino",
    project: project.name,
    group: asked.group ?? "dev",
  };
  const container = containerInputs({
    identity,
    settings: { ...plainContainer, ...asked.container },
    dir: project.dir,
    imageHash: build.hash,
    replace: asked.replace ?? false,
  });
  return {
    in_base: "/home/dino/w",
    in_dir: project.dir,
    in_source: "test",
    in_accept: "-",
    in_stage: "s",
    in_adopt: "1",
    ...container,
    ...imageInputs(
      { name: container["in_image"] ?? "", settings: image, dockerfile: "Dockerfile" },
      sources.value,
      build,
    ),
    in_job_kind: "setup",
    ...asked.inputs,
  };
}
