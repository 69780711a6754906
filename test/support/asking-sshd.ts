import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onHost } from "../hosts/bed.ts";

/** Ports of a second sshd on a host, by what a login there asks for. */
export const asks = { password: 2201, "second-factor": 2202, passphrase: 2203 } as const;

export const password = "correct horse";
export const passphrase = "battery staple";

/**
 * Starts an sshd that asks, beside the one that does not, on the ports above: for the password; for a key and twice for
 * the password, as PAM does for a second factor; for a key of its own. Gives the path of that key, which has a
 * passphrase; `stop` brings all back.
 */
export async function startAskingSshd(
  host: string,
  place: string,
): Promise<{ readonly key: string; readonly stop: () => Promise<void> }> {
  const key = join(place, "key-with-passphrase");
  const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", key]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const stop = "[ ! -e /run/sshd-asks.pid ] || kill $(cat /run/sshd-asks.pid)";
  const script = `set -e
cp -p /etc/shadow /run/shadow.before && cp -p /etc/pam.d/sshd /run/pam-sshd.before
echo 'dino:${password}' | chpasswd
printf '%s required %s\\n' auth 'pam_unix.so nodelay' account pam_permit.so session pam_permit.so >/etc/pam.d/sshd
mkdir -p /etc/ssh/asks && cat >/etc/ssh/asks/keys
cat >/etc/ssh/asks/config <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
${Object.values(asks)
  .map((port) => `Port ${port}`)
  .join("\n")}
PidFile /run/sshd-asks.pid
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
AuthenticationMethods password
Match LocalPort ${asks["second-factor"]}
  AuthenticationMethods publickey,keyboard-interactive:pam,keyboard-interactive:pam
Match LocalPort ${asks.passphrase}
  AuthenticationMethods publickey
  AuthorizedKeysFile /etc/ssh/asks/keys
END
/usr/sbin/sshd -f /etc/ssh/asks/config -E /var/log/sshd-asks.log`;
  const { exitCode, stderr } = await onHost(host, script, { input: readFileSync(`${key}.pub`) });
  if (exitCode !== 0) throw new Error(stderr);
  return {
    key,
    stop: async () => {
      await onHost(
        host,
        `${stop}; mv /run/shadow.before /etc/shadow; mv /run/pam-sshd.before /etc/pam.d/sshd; rm -r /etc/ssh/asks`,
      );
    },
  };
}
