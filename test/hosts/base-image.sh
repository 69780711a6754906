#!/bin/bash
# base-image.sh: the base images of the test bed, as a template to bind into every daemon.
#
# In:   nothing but the machine's own package sources: its apt mirror and its pip index, as configured.
# Out:  stdout: the template's directory, <cache>/<hash of the recipe>/{image,overlay2};
#       stderr: progress, and nothing when the template exists already.
# Guarantees: a directory with that name is complete (it appears by one rename); any number of runs
#       at once make it once; an interrupted run leaves only <cache>/.making, which the next one removes.
#
# The images:
#   igor-demo/python:3.11   Debian with Python, pip, and a wheelhouse in /wheels, so that
#                           `RUN pip install -r requirements.txt` works on hosts without a network
#   igor-demo/python:3.13   the same Debian's successor with its Python, and nothing else: its own REPL is another one
#   igor-demo/busybox:1     busybox and its applets, nothing else
set -euo pipefail

cache=/var/cache/igor-bed
suite=bookworm
packages=python3,python3-pip,python3-venv,python-is-python3,ca-certificates
newer_suite=trixie
newer_packages=python3
wheels=(ipython==9.18.1 pytest==9.2.0 debugpy==1.8.22 numpy==2.4.6)
newer_changes=('ENV LANG=C.UTF-8' 'CMD ["python3"]')
python_changes=(
  "${newer_changes[0]}"
  'ENV PIP_NO_INDEX=1'
  'ENV PIP_FIND_LINKS=/wheels'
  'ENV PIP_NO_CACHE_DIR=1'
  'ENV PIP_BREAK_SYSTEM_PACKAGES=1'
  'ENV PIP_ROOT_USER_ACTION=ignore'
  'ENV PIP_DISABLE_PIP_VERSION_CHECK=1'
  'CMD ["python3"]'
)
busybox_changes=('CMD ["sh"]')
# What is left out of the image: what only a person at a desk reads, and what apt can fetch again.
left_out=(./dev/\* ./proc/\* ./sys/\* ./debootstrap ./var/cache/apt/\* ./var/lib/apt/lists/\* ./var/log/\*
  ./usr/share/doc/\* ./usr/share/man/\* ./usr/share/info/\* ./usr/share/locale/\* ./usr/share/lintian)
# Goes up when the recipe changes in a way that the words above do not show.
revision=1

architecture=$(dpkg --print-architecture)
recipe="$revision $suite $architecture $packages $newer_suite $newer_packages ${wheels[*]} ${python_changes[*]} ${newer_changes[*]} ${busybox_changes[*]} ${left_out[*]}"
template=$cache/$(printf '%s' "$recipe" | sha256sum | cut -c1-12)
making=$cache/.making

making_what='base image'
# shellcheck source-path=SCRIPTDIR source=debian.sh
. "$(dirname "$0")/debian.sh"

python_root() { # DIR SUITE PACKAGES
  local from proxy
  from=$(mirror)
  [ -n "$from" ] || fail "apt has no source with the main component of this Debian release"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  say "Debian $2 with Python (debootstrap, about a minute)"
  http_proxy=${http_proxy:-${proxy:-}} \
    debootstrap --variant=minbase --include="$3" "$2" "$1" "$from" >"/tmp/debootstrap-$2.log" 2>&1 ||
    fail "debootstrap of $2 failed" "/tmp/debootstrap-$2.log"
}

wheelhouse() { # DIR
  local minor platforms=() machine
  machine=$(uname -m)
  for minor in $(seq 36 -1 5); do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
  for minor in manylinux2014 manylinux2010 manylinux1; do platforms+=(--platform "${minor}_$machine"); done
  say "wheels for Python 3.11 (pip download)"
  python3 -m pip download --quiet --dest "$1" --only-binary=:all: --python-version 3.11 \
    --implementation cp --abi cp311 "${platforms[@]}" "${wheels[@]}" >/tmp/pip.log 2>&1 ||
    fail "pip download failed" /tmp/pip.log
}

busybox_root() { # DIR
  local applet binary
  binary=$(command -v busybox) || fail "busybox is missing: scripts/provision.sh installs it"
  mkdir -p "$1"/{bin,sbin,usr/bin,usr/sbin,etc,root,tmp,var,home}
  chmod 1777 "$1/tmp"
  cp -L "$binary" "$1/bin/busybox"
  "$binary" --list-full | while read -r applet; do
    [ -e "$1/$applet" ] || ln -s /bin/busybox "$1/$applet"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
  echo 'root:x:0:' >"$1/etc/group"
}

start_daemon() { # DATA_ROOT
  unshare --net dockerd --data-root "$1" --exec-root /tmp/exec --pidfile /tmp/dockerd.pid \
    --host unix:///tmp/docker.sock --bridge=none --iptables=false --storage-driver overlay2 \
    >/tmp/dockerd.log 2>&1 &
  daemon=$!
  local tries
  for tries in $(seq 1 600); do
    if docker version >/dev/null 2>&1; then return; fi
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
  done
  fail "dockerd did not start (${tries} tries)" /tmp/dockerd.log
}

import_root() { # DIR IMAGE CHANGE...
  local root=$1 image=$2 change changes=()
  shift 2
  for change; do changes+=(--change "$change"); done
  tar -C "$root" --numeric-owner --one-file-system "${left_out[@]/#/--exclude=}" -c . |
    docker import "${changes[@]}" - "$image" >/tmp/import.log 2>&1 || fail "docker import of $image failed" /tmp/import.log
}

# Templates of older recipes, unless a host stands on one (its `ready` file names it).
remove_unused() {
  local other
  for other in "$cache"/*/; do
    other=${other%/}
    if [ "$other" != "$template" ] && ! grep -qsxF "$other" /var/lib/igor-bed/*/host/*/ready; then
      rm -rf --one-file-system "$other"
    fi
  done
}

# Runs as pid 1 of its own pid and mount namespace: whatever ends it, its processes and its tmpfs go too.
make() {
  trap 'exit 130' INT TERM
  mount -t tmpfs -o size=4g tmpfs /tmp
  rm -rf --one-file-system "$making"
  mkdir -p "$making"
  export DOCKER_HOST=unix:///tmp/docker.sock
  local daemon jobs=() job
  wheelhouse /tmp/wheels &
  jobs+=($!)
  python_root /tmp/newer "$newer_suite" "$newer_packages" &
  jobs+=($!)
  python_root /tmp/python "$suite" "$packages"
  for job in "${jobs[@]}"; do wait "$job" || exit 1; done
  mv /tmp/wheels /tmp/python/wheels
  busybox_root /tmp/busybox
  say "importing"
  start_daemon "$making/data"
  import_root /tmp/python igor-demo/python:3.11 "${python_changes[@]}"
  import_root /tmp/newer igor-demo/python:3.13 "${newer_changes[@]}"
  import_root /tmp/busybox igor-demo/busybox:1 "${busybox_changes[@]}"
  kill "$daemon"
  wait "$daemon" || true
  umount --recursive --lazy "$making/data" 2>/dev/null || true # some daemons mount it on itself
  mkdir "$making/template"
  mv "$making/data/image" "$making/data/overlay2" "$making/template/"
  printf '%s\n' "$recipe" >"$making/template/recipe"
  mv "$making/template" "$template"
  rm -rf --one-file-system "$making"
  remove_unused
  say "ready: $(du -sh "$template" | cut -f1) in $template"
}

case ${1:-} in
  path) echo "$template"; exit ;; # where it is or would be; makes nothing
  make) make; exit ;;             # internal: the inside of the namespace
esac

if [ ! -d "$template" ]; then
  [ "$(id -u)" = 0 ] || fail "must run as root"
  mkdir -p "$cache"
  exec 9<"$cache"
  flock --nonblock 9 || { say "waiting for another run that makes it"; flock 9; }
  if [ ! -d "$template" ]; then
    unshare --mount --pid --fork --mount-proc --kill-child=KILL --propagation private "$0" make >&2 &
    maker=$!
    trap 'kill -KILL "$maker" 2>/dev/null; exit 130' INT TERM
    wait "$maker" || fail "was not made"
  fi
fi
echo "$template"
