import { bedUp, onHost } from "../hosts/bed.ts";
import { reloadSshd } from "./during.ts";

/**
 * Logins of dino are in a root of their own from here on: busybox with its applets and docker's client, and no other
 * program: no bash, no rsync, none of GNU's tools. What the daemon has to see is at the same place in both roots.
 */
const prepare = `set -e
root=/srv/busybox
[ ! -e $root/etc/passwd ] || exit 0
mkdir -p $root/bin $root/sbin $root/usr/bin $root/usr/sbin $root/etc $root/tmp $root/root $root/var
ln -s ../run $root/var/run
chmod 1777 $root/tmp
cp "$(command -v busybox)" $root/bin/busybox
chroot $root /bin/busybox --install -s
for file in $(command -v docker) $(ldd "$(command -v docker)" | sed -n 's/.*[ \\t]\\(\\/[^ ]*\\) (.*/\\1/p'); do
  mkdir -p $root$(dirname $file) && cp -L $file $root$file
done
for shared in proc dev home run; do
  mkdir -p $root/$shared
  mount --rbind /$shared $root/$shared
done
usermod -s /bin/sh dino
printf 'Match User dino\\n  ChrootDirectory %s\\n' $root >>/etc/ssh/sshd_config
cp /etc/group $root/etc
cp /etc/passwd $root/etc
${reloadSshd}`;

/** Brings up a host that has only busybox, as small distributions and boxes do. */
export async function busyboxUp(host: string): Promise<void> {
  await bedUp([host]);
  const { exitCode, stderr } = await onHost(host, prepare);
  if (exitCode !== 0) throw new Error(stderr);
}
