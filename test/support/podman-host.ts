import { bedUp, onHost } from "../hosts/bed.ts";

/**
 * What podman needs on a host of the bed and has on a usual one: a storage driver that works on an overlay, a tun device
 * for everybody, a root that is a shared mount; and the small base image, for root and for dino.
 */
const prepare = `set -e
[ ! -e /run/podman-ready ] || exit 0
mkdir -p /etc/containers
cat >/etc/containers/storage.conf <<'END'
[storage]
driver = "vfs"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
END
mount --make-rshared /
mknod -m 666 /run/tun c 10 200
mount --bind /run/tun /dev/net/tun
docker save igor-demo/busybox:1 -o /var/tmp/base.tar
chmod a+r /var/tmp/base.tar
podman load --quiet --input /var/tmp/base.tar
runuser -u dino -- env HOME=/home/dino sh -c 'cd && podman load --quiet --input /var/tmp/base.tar'
rm /var/tmp/base.tar
: >/run/podman-ready`;

/** Brings a host up on which root and dino each have a podman of their own. */
export async function podmanUp(host: string): Promise<void> {
  await bedUp([host]);
  const { exitCode, stderr } = await onHost(host, prepare);
  if (exitCode !== 0) throw new Error(stderr);
}

/** Removes every container and image of a project, of dino's and of root's podman. */
export async function removePodmanProject(host: string, name: string): Promise<void> {
  const script = `podman ps -aq --filter name=${name} | xargs -r podman rm -f -t 0
    podman images -q --filter label=igor.project=${name} | sort -u | xargs -r podman rmi -f`;
  await Promise.all(
    (["root", "dino"] as const).map((user) => onHost(host, `(${script}) 2>&1`, { user })),
  );
}
