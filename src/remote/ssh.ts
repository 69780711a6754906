import type { Host } from "../model/project.ts";

/** What `ssh -G` says of a destination: the user's own configuration, with every Host and Match block applied. */
export interface SshSettings {
  readonly user: string;
  readonly hostname: string;
  /** Whether the user's configuration shares connections by itself; igor then leaves that to it. */
  readonly multiplexes: boolean;
  readonly controlPath: string | undefined;
}

/** Everything needed to open another session on a host: the same for each, so that all share one connection. */
export interface Connection {
  readonly host: Host;
  readonly settings: SshSettings;
  /** Where our own shared connection is; undefined when the user's configuration has one. */
  readonly controlPath: string | undefined;
}

/** e.g. `ssh -G -l dino apollo` */
export function settingsArgv(host: Host): readonly [string, ...string[]] {
  return ["ssh", "-G", ...destinationOptions(host), "--", host.host];
}

/** Reads the answer of `ssh -G`: one `key value` per line, keys in lower case. */
export function parseSettings(text: string): SshSettings {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0 && !values.has(line.slice(0, space)))
      values.set(line.slice(0, space), line.slice(space + 1).trim());
  }
  const controlPath = values.get("controlpath");
  const hasPath = controlPath !== undefined && controlPath !== "none";
  return {
    user: values.get("user") ?? "",
    hostname: values.get("hostname") ?? "",
    multiplexes: hasPath && !["false", "no"].includes(values.get("controlmaster") ?? "false"),
    controlPath: hasPath ? controlPath : undefined,
  };
}

/**
 * Opens a session for igor itself: never asks anything, never forwards anything, ends within seconds when the link is dead.
 * e.g. `ssh -T -o BatchMode=yes ... -o ControlPath=/run/user/1000/igor/0123456789abcdef -- apollo 'exec /bin/sh -c ...'`
 */
export function sessionArgv(
  connection: Connection,
  command: string,
  terminal: "tty" | "no-tty",
): readonly [string, ...string[]] {
  return [
    "ssh",
    terminal === "tty" ? "-tt" : "-T",
    ...connectionOptions(connection),
    "--",
    connection.host.host,
    command,
  ];
}

/** What rsync is to call instead of plain ssh, as its `-e` takes it: in quotes a doubled quote is one. */
export function rsyncShell(connection: Connection): string {
  return ["ssh", ...connectionOptions(connection)]
    .map((word) => (/[\s"']/.test(word) ? `'${word.replaceAll("'", "''")}'` : word))
    .join(" ");
}

/**
 * Takes our shared connection to a host out of use: the next session opens a new one, those that others have on it go on.
 * e.g. `ssh -O stop -o ControlPath=... -- apollo`
 */
export function stopSharingArgv(connection: Connection): readonly [string, ...string[]] {
  return ["ssh", "-O", "stop", ...connectionOptions(connection), "--", connection.host.host];
}

/** The same destination without any shared connection: for one more try when the shared one is dead. */
export function unshared(connection: Connection): Connection {
  return { ...connection, controlPath: "none" };
}

function connectionOptions({ host, controlPath }: Connection): readonly string[] {
  const options = [
    "BatchMode=yes",
    // What went wrong is known by ssh's words alone, which LogLevel QUIET of the user would take away.
    "LogLevel=INFO",
    "ConnectTimeout=5",
    "ServerAliveInterval=3",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardX11=no",
    "ForwardAgent=no",
    "RemoteCommand=none",
    "PermitLocalCommand=no",
    "EscapeChar=none",
  ];
  if (controlPath === "none") options.push("ControlPath=none");
  else if (controlPath !== undefined) {
    options.push(
      "ControlMaster=auto",
      "ControlPersist=10m",
      `ControlPath=${sshValue(controlPath)}`,
    );
  }
  return [...options.flatMap((option) => ["-o", option]), ...destinationOptions(host)];
}

/** A path as a value of ssh's configuration: quoted, and `%` is not the beginning of a token. */
function sshValue(path: string): string {
  const value = path.replaceAll("%", "%%");
  return /[\s"'\\]/.test(path) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}

function destinationOptions(host: Host): readonly string[] {
  return [
    ...(host.user === undefined ? [] : ["-l", host.user]),
    ...(host.port === undefined ? [] : ["-p", String(host.port)]),
  ];
}
