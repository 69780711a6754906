#!/bin/bash
# host-init.sh STATE TOKEN NAME TEMPLATE: pid 1 of one host of the test bed.
#
# In:   STATE, the host's directory (host-key, hosts, users' key in client-key.pub one level up);
#       TOKEN, which must be what STATE/token holds, so that a start that was given up does nothing;
#       TEMPLATE, the directory that base-image.sh printed, or `none`.
#       It already runs in its own net, mount, pid, uts and ipc namespaces (bed.sh).
# Out:  STATE/pid (its pid as the machine sees it), STATE/ready when sshd answers.
# Guarantees: the host sees the machine's Debian and nothing of the machine's users: /home, /root, /usr/local,
#       /opt, every top directory that Debian does not have, users from uid 1000 on. What it writes stays in
#       memory, /var/lib/docker on the disk. It ends when pid 1 is killed, with all its processes and mounts.
set -euo pipefail

state=$1 token=$2 name=$3 template=$4
bed_state=$(dirname "$(dirname "$state")")

# /proc is still the machine's.
read -r pid _ </proc/self/stat
echo "$pid" >"$state/pid"
[ "$(<"$state/token")" = "$token" ] || exit 1

root=/mnt/root

memory() { # DIR [MODE]: an empty directory in memory
  mkdir -p "$1"
  mount -t tmpfs -o "mode=${2:-755}" tmpfs "$1"
}

make_root() {
  # An upper directory on the lower's own file system is refused, so it lives in memory.
  mount -t tmpfs -o size=2g tmpfs /mnt
  mkdir /mnt/upper /mnt/work "$root"
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work "$root"
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
  mount --rbind /dev "$root/dev"
  mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts "$root/dev/pts"
  memory "$root/dev/shm" 1777
}

hide_the_machine() {
  # Masked, never deleted: deleting in an overlay writes a whiteout for every file.
  local directory
  for directory in home mnt opt run srv usr/local var/lib/igor-bed var/cache/igor-bed; do memory "$root/$directory"; done
  for directory in tmp var/tmp; do memory "$root/$directory" 1777; done
  memory "$root/root" 700
  for directory in /*/; do
    case $directory in
      /bin/ | /boot/ | /dev/ | /etc/ | /home/ | /lib*/ | /media/ | /mnt/ | /opt/ | /proc/) ;;
      /root/ | /run/ | /sbin/ | /srv/ | /sys/ | /tmp/ | /usr/ | /var/) ;;
      *) memory "$root$directory" ;;
    esac
  done
  mkdir -p "$root"/run/{lock,sshd} "$root"/usr/local/{bin,sbin,etc,lib,share} "$root/var/lib/docker"
}

make_users() {
  local etc=$root/etc file
  for file in passwd group; do
    awk -F: '$3 < 1000 || $3 == 65534' "/etc/$file" >"$etc/$file.new"
  done
  awk -F: 'NR == FNR { keep[$1]; next } $1 in keep' "$etc/passwd.new" /etc/shadow >"$etc/shadow.new"
  # A `*` password and not `!`: without PAM sshd refuses a locked account.
  sed -i 's/^root:[^:]*:/root:*:/' "$etc/shadow.new"
  printf '%s:x:%s:%s::/home/%s:/bin/bash\n' dino 1000 1000 dino mallory 1001 1001 mallory >>"$etc/passwd.new"
  printf '%s:*:19000:0:99999:7:::\n' dino mallory >>"$etc/shadow.new"
  printf '%s:x:%s:\n' dino 1000 mallory 1001 >>"$etc/group.new"
  sed -i '/^docker:/s/:[^:]*$/:dino/' "$etc/group.new"
  for file in passwd group shadow; do cat "$etc/$file.new" >"$etc/$file"; done
  rm -f "$etc"/{passwd,group,shadow}.new "$etc/gshadow"
  echo 'dino:100000:65536' | tee "$etc/subuid" >"$etc/subgid"

  install -d -m 700 "$root/root/.ssh"
  install -m 600 "$bed_state/client-key.pub" "$root/root/.ssh/authorized_keys"
  local user
  for user in dino:1000 mallory:1001; do
    file=$root/home/${user%:*}
    cp -r /etc/skel "$file"
    install -d -m 700 "$file/.ssh"
    install -m 600 "$bed_state/client-key.pub" "$file/.ssh/authorized_keys"
    chown -R "${user#*:}:${user#*:}" "$file"
    chmod 755 "$file"
  done
}

configure() {
  local etc=$root/etc
  echo "$name" >"$etc/hostname"
  hostname "$name"
  rm -f "$etc/resolv.conf" "$etc"/ssh/ssh_host_* "$etc/docker/key.json" "$etc/docker/daemon.json"
  : >"$etc/resolv.conf" # nothing leaves the bed: a look-up fails at once instead of waiting
  mount --bind "$bed_state/hosts" "$etc/hosts"
  install -m 600 "$state/host-key" "$etc/ssh/ssh_host_ed25519_key"
  install -m 644 "$state/host-key.pub" "$etc/ssh/ssh_host_ed25519_key.pub"
  # Debian's own file but for UsePAM and the one host key.
  cat >"$etc/ssh/sshd_config" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
KbdInteractiveAuthentication no
UsePAM no
X11Forwarding yes
PrintMotd no
MaxStartups 10:30:100
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
END
  printf '#!/bin/sh\n# sshd of this host, for a test that stopped it\nexec /usr/sbin/sshd -E /var/log/sshd.log\n' \
    >"$root/usr/local/sbin/start-sshd"
  cat >"$root/usr/local/sbin/start-dockerd" <<END
#!/bin/sh
# dockerd of this host; returns when it answers
set -eu
cd /
rm -f /run/docker.pid
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \\
  setsid dockerd --cgroup-parent "$(<"$state/cgroup")" </dev/null >>/var/log/dockerd.log 2>&1 &
for try in \$(seq 1 1500); do
  curl -sf --unix-socket /run/docker.sock http://docker/_ping >/dev/null && exit
  kill -0 \$! 2>/dev/null || break
  sleep 0.02
done
tail -n 15 /var/log/dockerd.log >&2
exit 1
END
  chmod 755 "$root"/usr/local/sbin/start-*
  : >"$root/var/log/sshd.log"
}

# The base images: metadata is copied, since the daemon writes there; a layer's files are bound read-only.
bind_images() {
  local data=$root/var/lib/docker layer
  mount --bind "$state/docker" "$data"
  [ "$template" != none ] || return 0
  mkdir -p "$data/overlay2"
  cp -a "$template/image" "$data/"
  cp -a "$template/overlay2/l" "$data/overlay2/"
  for layer in "$template"/overlay2/*/; do
    layer=$(basename "$layer")
    [ "$layer" != l ] || continue
    mkdir -p "$data/overlay2/$layer/diff"
    cp -a "$template/overlay2/$layer/link" "$data/overlay2/$layer/"
    mount --bind "$template/overlay2/$layer/diff" "$data/overlay2/$layer/diff"
    mount -o remount,ro,bind "$data/overlay2/$layer/diff"
  done
}

make_root
hide_the_machine
make_users
configure
bind_images
mkdir -p "$root/run/bed"
mount --bind "$state" "$root/run/bed"

cd "$root"
pivot_root . mnt
cd /
umount -l /mnt

start-sshd
for _ in $(seq 1 500); do
  [ -s /run/sshd.pid ] && break
  sleep 0.01
done
[ -s /run/sshd.pid ]
if [ "$template" != none ]; then start-dockerd; fi
umask 022
echo "$template" >/run/bed/ready.new
mv /run/bed/ready.new /run/bed/ready
umount /run/bed
rmdir /run/bed

# From here on this shell only reaps what the host's processes leave behind.
set +e
while :; do
  sleep infinity &
  wait $!
done
