import { onHost } from "../hosts/bed.ts";

/** Shell text that lets a host's sshd read its configuration again, and waits until it has. */
export const reloadSshd = `listening() { grep -c 'Server listening' /var/log/sshd.log; }
n=$(listening)
kill -HUP "$(cat /run/sshd.pid)"
until [ "$(listening)" -gt "$n" ]; do sleep 0.05; done`;

/** Runs a script as root on apollo, then something, and then another script to bring things back. */
export async function during<T>(script: string, back: string, act: () => Promise<T>): Promise<T> {
  try {
    const { exitCode, stderr } = await onHost("apollo", script);
    if (exitCode !== 0) throw new Error(stderr);
    return await act();
  } finally {
    await onHost("apollo", back);
  }
}
