import { describe, expect, test } from "vitest";
import { readSshWords } from "../../src/remote/read-ssh.ts";

/** What ssh really said, under LC_ALL=C (facts 1.7); its lines end with a carriage return. */
const samples: readonly (readonly [string, string, string])[] = [
  [
    "ssh: Could not resolve hostname nosuch: Name or service not known\r\n",
    "unreachable",
    "unknown-name",
  ],
  [
    "ssh: Could not resolve hostname nosuch: Temporary failure in name resolution\r\n",
    "unreachable",
    "unknown-name",
  ],
  [
    "ssh: Could not resolve hostname jump: Name or service not known\r\nkex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n",
    "unreachable",
    "no-way-through",
  ],
  ["ssh: connect to host 10.99.0.99 port 22: No route to host\r\n", "unreachable", "no-route"],
  [
    "ssh: connect to host 10.99.0.99 port 22: Network is unreachable\r\n",
    "unreachable",
    "no-route",
  ],
  ["ssh: connect to host 10.99.0.11 port 22: Connection timed out\r\n", "unreachable", "timed-out"],
  ["ssh: connect to host 10.99.0.11 port 22: Connection refused\r\n", "unreachable", "refused"],
  [
    "Connection timed out during banner exchange\r\nConnection to 10.99.0.11 port 22 timed out\r\n",
    "unreachable",
    "timed-out",
  ],
  [
    "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 10.99.0.11 port 22\r\n",
    "unreachable",
    "closed",
  ],
  [
    "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.99.0.11 port 22\r\n",
    "unreachable",
    "closed",
  ],
  [
    "Connection to 10.99.0.11 closed by remote host.\r\nclient_loop: send disconnect: Broken pipe\r\n",
    "unreachable",
    "closed",
  ],
  ["Timeout, server 10.99.0.11 not responding.\r\n", "unreachable", "link-died"],
  [
    "mux_client_request_session: read from master failed: Broken pipe\r\nssh: connect to host 10.99.0.11 port 22: Connection timed out\r\n",
    "unreachable",
    "timed-out",
  ],
  [
    "dino@10.99.0.11: Permission denied (publickey,password,keyboard-interactive).\r\n",
    "login-refused",
    "no-accepted-key",
  ],
  [
    "mux_client_request_session: session request failed: Session open refused by peer\r\ndino@10.99.0.11: Permission denied (password).\r\n",
    "login-refused",
    "no-session-left",
  ],
  [
    "Received disconnect from 10.99.0.11 port 22:2: Too many authentication failures\r\nDisconnected from 10.99.0.11 port 22\r\n",
    "login-refused",
    "too-many-keys",
  ],
  [
    "No ED25519 host key is known for apollo and you have requested strict checking.\r\nHost key verification failed.\r\n",
    "login-refused",
    "host-key-unknown",
  ],
  ["Host key verification failed.\r\n", "login-refused", "host-key-unknown"],
  [
    "Unable to negotiate with 10.99.0.11 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1\r\n",
    "login-refused",
    "no-common-algorithm",
  ],
];

test.each(samples)("ssh's %j means %s, %s", (words, reason, cause) => {
  expect(readSshWords(words)).toEqual({ reason, cause });
});

test("a host key that changed is told with its place, whatever else ssh says", () => {
  const banner = [
    "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
    "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
    "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!",
    "Someone could be eavesdropping on you right now (man-in-the-middle attack)!",
    "It is also possible that a host key has just been changed.",
    "The fingerprint for the ED25519 key sent by the remote host is",
    "SHA256:xA5rMCtwVXpCsR9uv4Uu0gRzNP3qJZ0bYHT0SRJu8gI.",
    "Please contact your system administrator.",
    "Add correct host key in /home/dino/.ssh/known_hosts to get rid of this message.",
    "Offending ED25519 key in /home/dino/.ssh/known_hosts:3",
    "  remove with:",
    '  ssh-keygen -f "/home/dino/.ssh/known_hosts" -R "apollo"',
    "Host key for apollo has changed and you have requested strict checking.",
    "Host key verification failed.",
  ].join("\r\n");
  expect(readSshWords(banner)).toEqual({
    reason: "login-refused",
    cause: "host-key-changed",
    keyAt: "/home/dino/.ssh/known_hosts:3",
  });
});

describe("what ssh does not accept in its configuration", () => {
  test.each([
    "command-line: line 0: Bad configuration option: foo\r\n",
    "/home/dino/.ssh/config: line 3: Bad configuration option: hostnaem\r\n/home/dino/.ssh/config: terminating, 1 bad configuration options\r\n",
    "Bad owner or permissions on /home/dino/.ssh/config\r\n",
  ])("%j", (words) =>
    expect(readSshWords(words)).toEqual({ reason: "ssh-misconfigured", cause: "option" }),
  );
});

describe("a socket that ssh cannot make", () => {
  test.each([
    'unix_listener: path "/a/very/long/path.Qb3kVnN5dFnTt0Dk" too long for Unix domain socket\r\n',
    "ControlPath too long ('/a/very/long/path/f61076b6906e' >= 108 bytes)\r\n",
    "unix_listener: cannot bind to path /run/nowhere/s.Qb3kVnN5dFnTt0Dk: No such file or directory\r\n",
  ])("%j", (words) =>
    expect(readSshWords(words)).toEqual({ reason: "ssh-misconfigured", cause: "control-path" }),
  );
});

test.each([
  "",
  "Warning: Permanently added 'apollo' (ED25519) to the list of known hosts.\r\n",
  "bash: line 1: rsync: command not found\n",
  "Exit request sent.\r\n",
  "curl: (7) Failed to connect to proxy port 3128: Connection refused\n",
])("%j says nothing about the link", (words) => expect(readSshWords(words)).toBeUndefined());
