import type { LinkFailure } from "../model/failure.ts";

/** ssh's own words under LC_ALL=C, the most specific first. Each with a real sample. */
const catalogue: readonly (readonly [RegExp, LinkFailure])[] = [
  // Connection closed by UNKNOWN port 65535: no address, since a command (`ssh -W` of ProxyJump) was the way there.
  [
    /Connection (?:closed|reset) by UNKNOWN port/,
    { reason: "unreachable", cause: "no-way-through" },
  ],
  // ssh: Could not resolve hostname nosuch: Name or service not known
  [/Could not resolve hostname/, { reason: "unreachable", cause: "unknown-name" }],
  // @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    { reason: "login-refused", cause: "host-key-changed" },
  ],
  // Host key verification failed.
  [/Host key verification failed/, { reason: "login-refused", cause: "host-key-unknown" }],
  // mux_client_request_session: session request failed: Session open refused by peer; then ssh logs in beside it.
  [
    /Session open refused by peer[^]*Permission denied \(/,
    { reason: "login-refused", cause: "no-session-left" },
  ],
  // dino@10.99.0.11: Permission denied (publickey,password,keyboard-interactive).
  [/Permission denied \(/, { reason: "login-refused", cause: "no-accepted-key" }],
  // Received disconnect from 10.99.0.11 port 22:2: Too many authentication failures
  [/Too many authentication failures/, { reason: "login-refused", cause: "too-many-keys" }],
  // Unable to negotiate with 10.99.0.11 port 22: no matching key exchange method found. Their offer: ...
  [/Unable to negotiate with/, { reason: "login-refused", cause: "no-common-algorithm" }],
  // ssh: connect to host 10.99.0.11 port 22: Connection refused
  [/connect to host .*Connection refused/, { reason: "unreachable", cause: "refused" }],
  // ssh: connect to host 10.99.0.99 port 22: No route to host
  [
    /connect to host .*(?:No route to host|Network is unreachable)/,
    { reason: "unreachable", cause: "no-route" },
  ],
  // ssh: connect to host 10.99.0.11 port 22: Connection timed out; Connection timed out during banner exchange
  [
    /connect to host .*timed out|timed out during banner exchange|Connection to .* timed out/,
    { reason: "unreachable", cause: "timed-out" },
  ],
  // command-line: line 0: Bad configuration option: foo; /home/dino/.ssh/config: terminating, 1 bad configuration options
  [
    /Bad configuration option|bad configuration options|Bad owner or permissions on|no argument after keyword/i,
    { reason: "ssh-misconfigured", cause: "option" },
  ],
  // unix_listener: path "..." too long for Unix domain socket; ControlPath too long ('...' >= 108 bytes)
  [
    /too long for Unix domain socket|ControlPath too long|cannot bind to path/,
    { reason: "ssh-misconfigured", cause: "control-path" },
  ],
  // Timeout, server 10.99.0.11 not responding.
  [/Timeout, server .* not responding/, { reason: "unreachable", cause: "link-died" }],
  // kex_exchange_identification: Connection closed by remote host
  [
    /Connection closed by|closed by remote host|Connection reset by|Broken pipe/,
    { reason: "unreachable", cause: "closed" },
  ],
];

/**
 * What ssh's last words mean. ssh's exit code does not identify a fault (facts 1.7), its words do;
 * undefined when they say nothing about the link.
 */
export function readSshWords(words: string): LinkFailure | undefined {
  const found = catalogue.find(([pattern]) => pattern.test(words))?.[1];
  return found?.reason === "login-refused" ? { ...found, ...keyIn(words) } : found;
}

/** Where the known key is, when ssh logged in although the host showed another one (StrictHostKeyChecking no). */
export function readOtherKey(words: string): { readonly keyAt?: string } | undefined {
  return /REMOTE HOST IDENTIFICATION HAS CHANGED/.test(words) ? keyIn(words) : undefined;
}

/** e.g. `Offending ED25519 key in /home/dino/.ssh/known_hosts:3` */
function keyIn(words: string): { readonly keyAt?: string } {
  const keyAt = /Offending \S+ key in (\S+:\d+)/.exec(words)?.[1];
  return keyAt === undefined ? {} : { keyAt };
}
