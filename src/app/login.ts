import type { Failure } from "../model/failure.ts";
import type { LoginNews } from "../model/login.ts";
import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { loadProject } from "../project/config-load.ts";
import { sharedStaysSeconds } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import type { RequestOf } from "../request/commands.ts";
import { findConnection } from "../run/connection.ts";
import { isShared, logIn, worksUnasked } from "../run/login.ts";
import { selectMeant } from "./select-meant.ts";

/** Where a person logs in. */
export interface LoginCall {
  readonly request: RequestOf<"login">;
  readonly directory: string;
  /** Called in order; while ssh asks, nothing is told. */
  readonly tell: (news: LoginNews) => void;
  readonly signal: AbortSignal;
}

/**
 * Opens the shared connections of the hosts, one after the other, at igor's own terminal; those that are open already
 * are looked at side by side before. The value is whether every host is reached now; `cancelled` leaves out what is next.
 */
export async function login(call: LoginCall): Promise<Result<boolean>> {
  const project = await loadProject(call.directory);
  if (!project.ok) return project;
  const group = selectMeant(project.value, call.request);
  if (!group.ok) return group;
  const { tell, signal } = call;
  const looking = group.value.hosts.map((host) => ({ host, looked: lookAt(host, signal) }));
  let areAllOpen = true;
  for (const { host, looked } of looking) {
    const seen = await looked;
    if (signal.aborted) return fail({ reason: "cancelled" });
    const news = seen.kind === "closed" ? await open(host, { ...seen, ...call }) : seen;
    if (news.kind === "failed") {
      if (news.failure.reason === "cancelled") return fail(news.failure);
      areAllOpen = false;
    }
    tell(news);
  }
  return ok(areAllOpen);
}

type Closed = { readonly kind: "closed"; readonly connection: Connection };

async function lookAt(host: Host, signal: AbortSignal): Promise<LoginNews | Closed> {
  const name = host.host;
  const found = await findConnection(host);
  if (!found.ok) return failed(name, found.failure);
  const connection = found.value;
  const { multiplexes, stays } = connection.settings;
  if (await isShared(connection)) {
    const works = await worksUnasked(connection, signal);
    if (works.ok) return { kind: "open-already", host: name };
    return needsPerson(works.failure)
      ? { kind: "closed", connection }
      : failed(name, works.failure);
  }
  if (!multiplexes || stays !== "no") return { kind: "closed", connection };
  // Nobody is asked for a login that would not outlive it.
  const works = await worksUnasked(connection, signal);
  if (works.ok) return { kind: "nothing-to-keep", host: name };
  if (!needsPerson(works.failure)) return failed(name, works.failure);
  const cause = "not-persistent";
  return failed(name, { reason: "login-not-kept", cause, host: name, lastWords: [] });
}

function needsPerson(failure: Failure): boolean {
  return failure.reason === "login-refused";
}

async function open(
  { host }: Host,
  { connection, tell, signal }: LoginCall & Closed,
): Promise<LoginNews> {
  tell({ kind: "asking", host });
  const loggedIn = await logIn(connection, signal);
  if (!loggedIn.ok) return failed(host, loggedIn.failure);
  const works = await worksUnasked(connection, signal);
  if (!works.ok) return failed(host, notKept(works.failure));
  const { multiplexes, stays } = connection.settings;
  if (!multiplexes)
    return { kind: "logged-in", host, whose: "igor", stays: { seconds: sharedStaysSeconds } };
  return {
    kind: "logged-in",
    host,
    whose: "user",
    stays: typeof stays === "number" ? { seconds: stays } : "until-ended",
  };
}

/** The login has just worked. */
function notKept(failure: Failure): Failure {
  if (!needsPerson(failure) || !("host" in failure)) return failure;
  const { host, lastWords } = failure;
  return { reason: "login-not-kept", cause: "other", host, lastWords };
}

function failed(host: string, failure: Failure): LoginNews {
  return { kind: "failed", host, failure };
}
