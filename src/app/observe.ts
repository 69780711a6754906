import { randomBytes } from "node:crypto";
import { relative } from "node:path";
import type { FileState, Manifest } from "../model/manifest.ts";
import type { Host } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { hashOf } from "../plan/image.ts";
import type { HostFacts, LaptopFacts, Subject } from "../plan/facts.ts";
import type { HostRequest } from "../request/commands.ts";
import { projectDir } from "../plan/push.ts";
import type { PushFacts } from "../plan/push.ts";
import { laptopName } from "../project/identity.ts";
import { ManifestStore } from "../project/manifest-store.ts";
import { stateDir } from "../project/state-dir.ts";
import type { LaneAnswer } from "../run/step.ts";
import { laptopRsync } from "../run/laptop.ts";
import { bringsContainer, isAgreed } from "./before-setup.ts";
import type { KnownTree } from "./known-tree.ts";
import { isOnlyPush, lookAtFiles, lookAtKnown } from "./look-at-files.ts";
import { quickScan } from "./quick-scan.ts";
import { localTree } from "./scan.ts";
import type { Ground, Scan } from "./scan.ts";
import type { Shells } from "./shells.ts";
import { noteVouched } from "./vouched.ts";

/** The user's terminal, where the streams of igor are one. */
export type Terminal = NonNullable<LaptopFacts["terminal"]>;

/** What is looked at. */
export interface Scene {
  readonly request: HostRequest;
  readonly subject: Subject;
  /** Where igor was called. */
  readonly directory: string;
  readonly terminal: Terminal | undefined;
  /** Variables that the configuration names. */
  readonly environment: ReadonlyMap<string, string>;
  readonly shells: Shells;
  /** The project's files, where they are known. */
  readonly tree: KnownTree | undefined;
  /** Milliseconds of the epoch. */
  readonly now: () => number;
}

/** What was seen, and how to look at a host again. */
export interface Observation {
  readonly laptop: LaptopFacts;
  /** The files that a host was last compared with; undefined for requests that push nothing. */
  readonly comparedWith: (host: Host) => Scan | undefined;
  readonly stores: ReadonlyMap<string, ManifestStore>;
  /** The facts of a host now; `answers` are what it has said so far. The first time that cannot fail. */
  readonly observeHost: (host: Host, answers: readonly LaneAnswer[]) => Promise<Result<HostFacts>>;
  /** A host holds what was looked at: as a generation that it confirmed now, or one that it held before. */
  readonly holdsAll: (host: Host, confirmed: string | undefined) => void;
}

/** Looks at the laptop's side of everything that the plan needs. The hosts are not asked: they answer when something does not fit. */
export async function observe(scene: Scene): Promise<Result<Observation>> {
  const { request, subject, tree } = scene;
  const { project, group } = subject;
  const stores = storesFor(scene);
  /** Read once for the first plan; a host that answers may do so because another igor has pushed since. */
  const first = new Map<string, Manifest>();
  const isLarge = [...stores.values()][0]?.isLarge() ?? false;
  const knows = tree === undefined ? undefined : await lookAtKnown(tree, scene);
  const lookAtAll = (known: Ground["known"]): ReturnType<typeof lookAtFiles> =>
    lookAtFiles(scene, { inThread: isLarge ? "most" : "nothing", known });
  const quick =
    isOnlyPush(request) && knows === undefined ? await quickScan(project, stores) : ok(undefined);
  if (!quick.ok) return quick;
  const seen: Awaited<ReturnType<typeof lookAtAll>> =
    knows ??
    (quick.value === undefined
      ? await lookAtAll(() => {
          for (const [host, store] of stores) first.set(host, store.load());
          return [...first.values()][0]?.tree ?? new Map<string, FileState>();
        })
      : ok({ scanned: quick.value.scan }));
  if (!seen.ok) return seen;
  for (const [host, manifest] of quick.value?.manifests ?? []) first.set(host, manifest);
  const { build, scanned } = seen.value;
  const firstLook: Look = { scanned, isPart: quick.value !== undefined };
  const looks = new Map(group.hosts.map(({ host }) => [host, firstLook]));
  /** The generation that each host held when it was observed. */
  const held = new Map<string, string | undefined>();
  const stage = randomId();
  const isSession = ["exec", "repl", "dap"].includes(request.kind);
  const sessionIds = new Map(isSession ? group.hosts.map(({ host }) => [host, randomId()]) : []);
  return ok({
    laptop: {
      envDigests: envDigests(scene),
      name: laptopName(),
      directory: relative(project.root, scene.directory),
      ...(build === undefined ? {} : { build }),
      ...(scene.terminal === undefined ? {} : { terminal: scene.terminal }),
    },
    comparedWith: ({ host }) => looks.get(host)?.scanned,
    stores,
    observeHost: async (host, answers) => {
      const connection = await scene.shells.connection(host);
      let manifest = first.get(host.host);
      first.delete(host.host);
      if (scanned !== undefined) manifest ??= stores.get(host.host)?.load();
      // A host that answers asks for more than what has changed since it was last pushed to.
      if (looks.get(host.host)?.isPart === true && held.has(host.host)) {
        const all = await lookAtAll(() => manifest?.tree ?? new Map<string, FileState>());
        if (!all.ok) return all;
        looks.set(host.host, { scanned: all.value.scanned, isPart: false });
      }
      held.set(host.host, manifest?.generation);
      const { scanned: files } = looks.get(host.host) ?? firstLook;
      const store = stores.get(host.host);
      const touched =
        knows?.ok && answers.length === 0 && store !== undefined && manifest !== undefined
          ? knows.value.touchedSince(store, manifest)
          : undefined;
      const sessionId = sessionIds.get(host.host);
      return ok({
        host,
        login: connection.ok ? connection.value.settings.user : (host.user ?? ""),
        askedForContext: answers.some(({ kind }) => kind === "context-needed"),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(files === undefined || manifest === undefined
          ? {}
          : {
              push: await pushFacts({ subject, scanned: files, touched, manifest, stage }, answers),
            }),
      });
    },
    holdsAll: ({ host }, confirmed) => {
      if (request.kind === "status") return;
      const store = stores.get(host);
      const { scanned: files, isPart } = looks.get(host) ?? firstLook;
      const generation = confirmed ?? (isPart ? undefined : held.get(host));
      if (files === undefined || store === undefined || generation === undefined) return;
      noteVouched({ project, store }, files, generation);
      if (knows?.ok) tree?.holds(store, { generation, at: knows.value.at });
    },
  });
}

/** One look at the project's files. */
interface Look {
  readonly scanned: Scan | undefined;
  /** Only what git says has changed was looked at. */
  readonly isPart: boolean;
}

/** Hosts that nobody has agreed to are told nothing of a value, not even whether it is still the same. */
function envDigests({ request, subject, environment }: Scene): LaptopFacts["envDigests"] {
  const isTold =
    bringsContainer(request) ||
    (request.kind === "status" && environment.size > 0 && isAgreed(subject));
  if (!isTold) return new Map();
  return new Map([...environment].map(([name, value]) => [name, hashOf(value)]));
}

/** The manifest of each host. */
function storesFor({ subject, tree }: Scene): ReadonlyMap<string, ManifestStore> {
  const directory = stateDir(subject.project.root);
  return new Map(
    subject.group.hosts.map((host) => {
      const destination = destinationOf(host, subject);
      return [host.host, tree?.storeOf(destination) ?? new ManifestStore(directory, destination)];
    }),
  );
}

/** What a push to one host starts from. */
export interface PushScene {
  readonly subject: Subject;
  readonly scanned: Scan;
  /** The only paths that can differ from what was last sent; any, when absent. */
  readonly touched?: ReadonlySet<string> | undefined;
  readonly manifest: Manifest;
  /** The same while the lane of one push is planned again. */
  readonly stage: string;
}

/** The facts of a push; `answers` are what the host has said so far. */
export async function pushFacts(
  { subject, scanned, touched, manifest, stage }: PushScene,
  answers: readonly LaneAnswer[],
): Promise<PushFacts> {
  // What a host says after it asked for all files, it says when it has them.
  const said = answers.at(-1);
  const answer = said?.kind === "reconcile" ? said.reconcile : undefined;
  return {
    local: localTree(scanned, subject.project, { manifest, touched }),
    manifest,
    files: scanned.files,
    generation: randomId(),
    stage,
    commit: scanned.commit,
    source: Buffer.from(scanned.source).toString("base64"),
    laptopRsync: answer === undefined ? "none" : await laptopRsync(),
    answer,
  };
}

/** An id that was never used before. */
export function randomId(): string {
  return randomBytes(8).toString("hex");
}

/** What a host is told apart by: one manifest for each. */
export function destinationOf(host: Host, { project }: Subject): string {
  return `${host.user ?? ""}@${host.host}:${String(host.port ?? "")}:${projectDir(host, project)}`;
}
