import { randomUUID } from "node:crypto";
import { onHost } from "../hosts/bed.ts";
import { compact } from "../../src/remote/programs.ts";
import { assignments } from "../../src/remote/quote.ts";

/** A `sh` that remote programs meet on hosts. With `busybox`, the tools are busybox's, too, where it has them. */
export type Shell = "dash" | "bash" | "busybox";

export const shells: readonly Shell[] = ["dash", "bash", "busybox"];

/** What a remote program said and how it ended, as the host shell would report it. */
export interface ProgramRun {
  readonly events: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** From the program's begin to its end, on the host. */
  readonly afterMs: number;
}

/** How a program is run. `prepare` is shell text that runs before it, e.g. `PATH=/nowhere:$PATH`. */
export interface Surroundings {
  readonly shell?: Shell;
  readonly prepare?: string;
  readonly user?: "root" | "dino" | "mallory";
}

/** Applets that stand in for the tools of GNU and others; Debian's busybox has no `base64 -w`, nohup or cksum. */
const applets =
  "awk cat chmod cmp cp cut date dd find grep gzip head id ln ls mkdir mktemp mv od printf " +
  "readlink rm rmdir sed seq setsid sleep sort stat tail tar timeout touch tr uname wc";

/** Stands in for the host shell: N, I and D are set, events are descriptor 3, everything comes back in sections. */
const runner = `
umask 077
unset DOCKER_HOST
D=$(mktemp -d) && cat >"$D/1.t"
N=$1 I=1 LC_ALL=C; export N I D LC_ALL
case $2 in
  busybox)
    b=/tmp/igor-busybox.$(id -un)
    [ -d "$b" ] || { mkdir "$b"; for a in ${applets}; do ln -s /bin/busybox "$b/$a"; done; printf '#!/bin/sh\\nexec /bin/busybox ash "$@"\\n' >"$b/sh"; chmod 700 "$b/sh"; }
    PATH=$b:$PATH; sh=$b/sh
    sed -i "s#/bin/sh #$b/sh #" "$D/1.t"
    ;;
  *) sh=/bin/$2; sed -i "s#/bin/sh #/bin/$2 #" "$D/1.t" ;;
esac
eval "$3"
t=$(/bin/date +%s%N)
"$sh" "$D/1.t" </dev/null >"$D/1.o" 2>"$D/1.e" 3>"$D/1.v"
code=$?
printf '%s %s\\n' "$code" $((($(/bin/date +%s%N) - t) / 1000))
for f in o e v; do base64 -w 0 "$D/1.$f"; echo; done
rm -rf "$D"
`;

/** Runs a remote program on a host of the bed. */
export async function runProgram(
  parts: readonly string[],
  inputs: Readonly<Record<string, string>>,
  { shell = "dash", prepare = "", user = "dino" }: Surroundings = {},
): Promise<ProgramRun> {
  const nonce = randomUUID().replaceAll("-", "");
  const { stdout, stderr } = await onHost(
    "apollo",
    ["sh", "-c", runner, "sh", nonce, shell, prepare],
    {
      user,
      input: assignments(inputs) + parts.map(compact).join(""),
    },
  );
  const [status = "", ...sections] = stdout.split("\n");
  const [code, microseconds] = status.split(" ").map(Number);
  if (code === undefined || microseconds === undefined)
    throw new Error(`no answer: ${stdout}${stderr}`);
  const [out = "", err = "", events = ""] = sections.map((section) =>
    Buffer.from(section, "base64").toString("utf8"),
  );
  const prefix = `${nonce} 1 ev `;
  return {
    events: events
      .split("\n")
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length)),
    stdout: out,
    stderr: err,
    exitCode: code,
    afterMs: microseconds / 1000,
  };
}
