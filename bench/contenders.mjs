// @ts-check
// Who is measured, and how each does each step.
import { naiveIgor } from "./sandbox.mjs";

/** What is measured. `edits`: a file is changed before. `cold`: shared connections are ended before. */
/** @typedef {{ title: string, does: "push" | "setup" | "exec" | "push-exec", edits?: true, cold?: true, first?: true }} Step */

/** @type {readonly Step[]} */
export const steps = [
  { title: "first push", does: "push", first: true },
  { title: "push, nothing changed", does: "push" },
  { title: "push, one file changed", does: "push", edits: true },
  { title: "docker setup, nothing changed", does: "setup" },
  { title: "docker setup, one file changed", does: "setup", edits: true },
  { title: "docker exec true", does: "exec" },
  { title: "docker exec --push true, one file changed", does: "push-exec", edits: true },
  { title: "docker exec true, no connection yet", does: "exec", cold: true },
];

/**
 * One who can do some of the steps.
 * @typedef {object} Contender
 * @property {string} title
 * @property {string} project The name of its project: nothing is shared on the hosts.
 * @property {boolean} isWarm Whether it keeps a connection from one command to the next.
 * @property {Readonly<Record<string, string>>} env
 * @property {(does: Step["does"], group: string) => readonly string[] | undefined} argv
 */

const asIgor = (/** @type {Step["does"]} */ does, /** @type {string} */ group) => {
  const verbs = {
    push: ["push", "-g", group],
    setup: ["docker", "setup", "-g", group],
    exec: ["docker", "exec", "-g", group, "true"],
    "push-exec": ["docker", "exec", "--push", "-g", group, "true"],
  };
  return ["igor", ...verbs[does]];
};

/** It has no `--push`: one after the other. */
const asScript = (/** @type {Step["does"]} */ does, /** @type {string} */ group) =>
  does === "push-exec"
    ? ["sh", "-c", '"$0" push -g "$1" && "$0" docker exec -g "$1" true', naiveIgor, group]
    : [naiveIgor, ...asIgor(does, group).slice(1)];

/**
 * `rsync -az` as the manual has it, to the first host.
 * @param {string} ssh
 * @param {string} to
 */
const asRsync = (ssh, to) => (/** @type {Step["does"]} */ does) =>
  does === "push" ? ["rsync", "-az", "--exclude=.git", "-e", ssh, "./", to] : undefined;

/**
 * ssh with the shared connection that the naive script uses too.
 * @param {string} home
 */
export function sharingSsh(home) {
  const path = `ControlPath=${home}/.ssh/naive-%C`;
  return ["ssh", "-o", "ControlMaster=auto", "-o", "ControlPersist=10m", "-o", path];
}

/**
 * All of them, on a laptop with this home.
 * @param {string} home
 * @returns {readonly Contender[]}
 */
export const contendersOn = (home) => [
  { title: "igor", project: "bench-igor", isWarm: true, env: {}, argv: asIgor },
  { title: "script", project: "bench-script", isWarm: false, env: {}, argv: asScript },
  {
    title: "script + master",
    project: "bench-master",
    isWarm: true,
    env: { NAIVE_MASTER: "1" },
    argv: asScript,
  },
  {
    title: "rsync -az",
    project: "bench-rsync",
    isWarm: false,
    env: {},
    argv: asRsync("ssh", "apollo-far:bench/bench-rsync/"),
  },
  {
    title: "rsync -az + master",
    project: "bench-rsync-master",
    isWarm: true,
    env: {},
    argv: asRsync(sharingSsh(home).join(" "), "apollo-far:bench/bench-rsync-master/"),
  },
];
