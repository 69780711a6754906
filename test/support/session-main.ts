// The smallest igor that runs sessions: what the tests start, kill and look at. Prints a failure as JSON on stderr.
// In: argv[2], JSON of a Request.
import type { Emit } from "../../src/model/event.ts";
import type { Session } from "../../src/model/plan.ts";
import { findConnection } from "../../src/run/connection.ts";
import { openHostShell } from "../../src/run/open-host-shell.ts";
import { runSession } from "../../src/run/session.ts";

export interface Request {
  readonly sessions: readonly Session[];
  readonly streams: "own" | "lines";
}

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const controller = new AbortController();
let cancelCode = 130;
for (const [signal, code] of Object.entries(codes)) {
  process.on(signal, () => {
    if (controller.signal.aborted) process.exit(code);
    cancelCode = code;
    controller.abort(signal);
  });
}
const emit: Emit = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

async function one(session: Session, streams: Request["streams"]): Promise<number> {
  const connection = await findConnection(session.host);
  if (!connection.ok) throw new Error(JSON.stringify(connection.failure));
  const shell = openHostShell(connection.value);
  const end = await runSession({
    session,
    connection: connection.value,
    shell,
    streams: streams === "own" ? "own" : { emit },
    signal: controller.signal,
  });
  // The host shell ends with this process: waiting for it would be a round trip that the user sees.
  if (end.ok) return end.value.exitCode;
  if (end.failure.reason === "cancelled") return cancelCode;
  process.stderr.write(`${JSON.stringify(end.failure)}\n`);
  return 125;
}

const request = JSON.parse(process.argv[2] ?? "") as Request;
void Promise.all(request.sessions.map((session) => one(session, request.streams))).then(
  (results) => {
    process.exit(Math.max(...results));
  },
);
