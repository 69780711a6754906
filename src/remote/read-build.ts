/** How far an image build is, as its output tells. */
export interface BuildProgress {
  readonly done: number;
  /** As far as the output has told; it grows while stages begin. */
  readonly total: number;
  /** The step that runs, e.g. `RUN pip install -r requirements.txt` */
  readonly title: string;
  /** BuildKit: steps of each stage, and the steps seen, by their number in the output. */
  readonly stages: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, { readonly title: string; readonly ended: boolean }>>;
}

export const emptyBuildProgress: BuildProgress = {
  done: 0,
  total: 0,
  title: "",
  stages: {},
  steps: {},
};

/** Reads a line of the legacy builder, of BuildKit with `--progress=plain`, or of podman. */
export function advanceBuild(build: BuildProgress, line: string): BuildProgress {
  // Step 3/7 : RUN pip install -r requirements.txt; podman: STEP 3/7: RUN pip install; [2/2] STEP 1/5: FROM base
  const legacy = /^(?:Step|(?:\[\d+\/\d+\] )?STEP) (\d+)\/(\d+) ?: (.*)$/.exec(line);
  if (legacy !== null) {
    return {
      ...build,
      done: Number(legacy[1]) - 1,
      total: Number(legacy[2]),
      title: legacy[3] ?? "",
    };
  }
  // Successfully built d077ad3f7377
  if (/^Successfully (?:built|tagged) /.test(line)) return { ...build, done: build.total };
  // #7 [2/4] RUN pip install; #9 [base 2/4] RUN pip install
  const begun = /^#(\d+) \[(?:(\S+) +)?(\d+)\/(\d+)\] (.*)$/.exec(line);
  if (begun !== null) {
    const [, id = "", stage = "", , total = "0", title = ""] = begun;
    const steps = { ...build.steps, [id]: build.steps[id] ?? { title, ended: false } };
    return counted({ ...build, title, steps, stages: { ...build.stages, [stage]: Number(total) } });
  }
  // #7 DONE 1.2s; #7 CACHED
  const ended = /^#(\d+) (?:DONE .*|CACHED)$/.exec(line)?.[1];
  const step = ended === undefined ? undefined : build.steps[ended];
  if (ended === undefined || step === undefined) return build;
  return counted({ ...build, steps: { ...build.steps, [ended]: { ...step, ended: true } } });
}

/** Whether a line is the legacy builder's advice to install another, which a user of igor cannot act on each time. */
export function isBuildNoise(line: string): boolean {
  return (
    line.startsWith("DEPRECATED: The legacy builder is deprecated") ||
    /^ {12}(?:Install the buildx component|Install the buildx|https:\/\/docs\.docker\.com\/go\/buildx)/.test(
      line,
    )
  );
}

function counted(build: BuildProgress): BuildProgress {
  return {
    ...build,
    done: Object.values(build.steps).filter((step) => step.ended).length,
    total: Object.values(build.stages).reduce((sum, steps) => sum + steps, 0),
  };
}
