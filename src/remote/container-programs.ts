import commitPart from "./programs/commit.sh";
import buildMain from "./programs/build.sh";
import cleanMain from "./programs/clean.sh";
import containerPart from "./programs/container.sh";
import containerEnginePart from "./programs/container-engine.sh";
import containerMeansPart from "./programs/container-means.sh";
import containerUsePart from "./programs/container-use.sh";
import containerReplacePart from "./programs/container-replace.sh";
import containerRunPart from "./programs/container-run.sh";
import doctorEnginePart from "./programs/doctor-engine.sh";
import doctorMain from "./programs/doctor.sh";
import followMain from "./programs/follow.sh";
import imagePart from "./programs/image.sh";
import jobPart from "./programs/job.sh";
import jobCancelMain from "./programs/job-cancel.sh";
import jobStatePart from "./programs/job-state.sh";
import logsMain from "./programs/logs.sh";
import lookPart from "./programs/look.sh";
import lockPart from "./programs/lock.sh";
import mountedPart from "./programs/mounted.sh";
import pushPart from "./programs/push.sh";
import psMain from "./programs/ps.sh";
import releasePart from "./programs/release.sh";
import sayPart from "./programs/say.sh";
import setupMain from "./programs/setup.sh";
import statusMain from "./programs/status.sh";
import stopMain from "./programs/stop.sh";
import targetPart from "./programs/target.sh";

const tree = [sayPart, lockPart, targetPart, commitPart, pushPart];
const look = [sayPart, lockPart, containerEnginePart, jobStatePart, lookPart];
const job = [containerEnginePart, jobStatePart, jobPart, imagePart];

/** The parts of the programs around images, containers and jobs, in order. */
export const containerPrograms = {
  setup: [
    ...tree,
    releasePart,
    ...job,
    mountedPart,
    containerUsePart,
    containerPart,
    containerMeansPart,
    containerRunPart,
    containerReplacePart,
    setupMain,
  ],
  build: [...tree, ...job, buildMain],
  clean: [sayPart, lockPart, containerEnginePart, jobStatePart, containerUsePart, cleanMain],
  status: [
    sayPart,
    lockPart,
    targetPart,
    containerEnginePart,
    jobStatePart,
    imagePart,
    mountedPart,
    containerPart,
    statusMain,
  ],
  doctor: [
    sayPart,
    lockPart,
    targetPart,
    containerEnginePart,
    imagePart,
    mountedPart,
    containerPart,
    containerMeansPart,
    doctorEnginePart,
    doctorMain,
  ],
  follow: [sayPart, lockPart, jobStatePart, followMain],
  "job-cancel": [sayPart, lockPart, jobStatePart, jobCancelMain],
  ps: [...look, psMain],
  logs: [sayPart, lockPart, jobStatePart, logsMain],
  stop: [...look, stopMain],
} as const satisfies Readonly<Record<string, readonly string[]>>;
