import type { Host } from "../model/project.ts";
import type { LoginShell } from "./boot.ts";

/** ssh's own exit code, and that of a remote shell which a signal ended; any other is of the shell there. */
export const sshFailed = 255;

/** What `ssh -G` says of a destination: the user's own configuration, with every Host and Match block applied. */
export interface SshSettings {
  readonly user: string;
  readonly hostname: string;
  /** Whether the user's configuration shares connections by itself; igor then leaves that to it. */
  readonly multiplexes: boolean;
  readonly controlPath: string | undefined;
  /** How long a connection that the user's configuration shares stays after its last session: not at all, so many seconds, or for good. */
  readonly stays: "no" | "yes" | number;
  readonly hostKey: HostKeySettings;
}

/** Where ssh looks for the key of a host. */
export interface HostKeySettings {
  /** The names under which it may be known; the first one that is found counts. */
  readonly names: readonly string[];
  /** Files in the format of known_hosts, whether they are there or not. */
  readonly files: readonly string[];
  /** Whether another key than the known one ends the login. */
  readonly isChecked: boolean;
  /** Whether ssh refuses a key that was never seen, also where somebody could be asked about it. */
  readonly isStrict: boolean;
}

/** Everything needed to open another session on a host: the same for each, so that all share one connection. */
export interface Connection {
  readonly host: Host;
  readonly settings: SshSettings;
  /** Where our own shared connection is; undefined when the user's configuration has one. */
  readonly controlPath: string | undefined;
  /** As it was found the last time; sessions are begun before it is found again. */
  readonly login: LoginShell;
  /** The file that says so; undefined where there is no place for it. */
  readonly note: string | undefined;
}

/** So long after its last session our own shared connection ends. */
export const sharedStaysSeconds = 600;

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
    stays: staysOf(values.get("controlpersist")),
    hostKey: hostKeySettingsOf(values),
  };
}

/** e.g. names `[10.99.0.11]:2222` and `10.99.0.11`, or the HostKeyAlias alone. */
function hostKeySettingsOf(values: ReadonlyMap<string, string>): HostKeySettings {
  const { hostname = "", hostkeyalias, port = "22" } = Object.fromEntries(values);
  const address = port === "22" ? [hostname] : [`[${hostname}]:${port}`, hostname];
  const strict = values.get("stricthostkeychecking") ?? "ask";
  const files = [values.get("userknownhostsfile"), values.get("globalknownhostsfile")];
  return {
    names: hostkeyalias === undefined ? address : [hostkeyalias],
    // Spaces stand between paths, and may be in one.
    files: files
      .flatMap((paths = "none") => paths.split(/\s+(?=\/)/))
      .filter((path) => path !== "none"),
    isChecked: !["false", "no", "off"].includes(strict),
    isStrict: ["true", "yes"].includes(strict),
  };
}

/** e.g. `no`, `yes`, `600` */
function staysOf(word = "no"): SshSettings["stays"] {
  const seconds = Number(word);
  if (word === "yes" || seconds === 0) return "yes";
  return seconds > 0 ? seconds : "no";
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
 * Logs in where a person sits: ssh may ask, on the terminal, also about a key that was never seen, where the configuration
 * has it refuse such (StrictHostKeyChecking yes). What every shell understands is run, and the shared connection stays.
 * e.g. `ssh -T -o LogLevel=INFO ... -o ControlMaster=auto -o ControlPath=... -- apollo 'exit 0'`
 */
export function loginArgv(connection: Connection): readonly [string, ...string[]] {
  const asks = connection.settings.hostKey.isStrict ? ["-o", "StrictHostKeyChecking=ask"] : [];
  return ["ssh", "-T", ...asks, ...askingOptions(connection), "--", connection.host.host, "exit 0"];
}

/**
 * Asks whether a shared connection is open; that its link lives is not said by that.
 * e.g. `ssh -O check -o ControlPath=... -- apollo`
 */
export function checkSharingArgv(connection: Connection): readonly [string, ...string[]] {
  return ["ssh", "-O", "check", ...connectionOptions(connection), "--", connection.host.host];
}

/**
 * Asks for one more session on a shared connection that is open. Where it is refused nothing logs in beside it.
 * e.g. `ssh -T -o BatchMode=yes ... -o ControlPath=... -o ControlMaster=no -o ProxyCommand=false -- apollo 'exit 0'`
 */
export function anotherSessionArgv(connection: Connection): readonly [string, ...string[]] {
  // As a path and not as the user's pattern, in which the way to the host may count, and that is another one here.
  const path = connection.controlPath ?? connection.settings.controlPath ?? "none";
  const only = [
    "-o",
    controlPathOption(path),
    "-o",
    "ControlMaster=no",
    "-o",
    "ProxyCommand=false",
  ];
  return [
    "ssh",
    "-T",
    ...only,
    ...connectionOptions(connection),
    "--",
    connection.host.host,
    "exit 0",
  ];
}

/**
 * Takes our shared connection to a host out of use: the next session opens a new one, those that others have on it go on.
 * e.g. `ssh -O stop -o ControlPath=... -- apollo`
 */
export function stopSharingArgv(connection: Connection): readonly [string, ...string[]] {
  return ["ssh", "-O", "stop", ...connectionOptions(connection), "--", connection.host.host];
}

/** Asks our shared connection to a host to end, with everything on it. e.g. `ssh -O exit -o ControlPath=... -- apollo` */
export function endSharingArgv(connection: Connection): readonly [string, ...string[]] {
  return ["ssh", "-O", "exit", ...connectionOptions(connection), "--", connection.host.host];
}

/** The same destination without any shared connection: for one more try when the shared one is dead. */
export function unshared(connection: Connection): Connection {
  return { ...connection, controlPath: "none" };
}

function connectionOptions(connection: Connection): readonly string[] {
  return ["-o", "BatchMode=yes", ...askingOptions(connection)];
}

/** With these alone ssh asks what it needs to know. */
function askingOptions({ host, controlPath }: Connection): readonly string[] {
  const options = [
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
      `ControlPersist=${sharedStaysSeconds}`,
      controlPathOption(controlPath),
    );
  }
  return [...options.flatMap((option) => ["-o", option]), ...destinationOptions(host)];
}

/** Where ssh shares a connection, as a word of its command line: quoted, and `%` is not the beginning of a token. */
export function controlPathOption(path: string): string {
  const value = path.replaceAll("%", "%%");
  const quoted = /[\s"'\\]/.test(path) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
  return `ControlPath=${quoted}`;
}

function destinationOptions(host: Host): readonly string[] {
  return [
    ...(host.user === undefined ? [] : ["-l", host.user]),
    ...(host.port === undefined ? [] : ["-p", String(host.port)]),
  ];
}
