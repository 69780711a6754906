#!/bin/bash
# provision.sh [--for test|demo]: installs what igor's tests (the default) or its demo need, on Debian 12.
#
# Safe to run again and again: what is there is left alone, and when nothing is missing it says nothing, needs no
# rights and takes some milliseconds. Otherwise it needs root or sudo. No service is left running.
set -euo pipefail

# Each line: who needs it | package | a command or file that shows it is there | why it is wanted
wanted='
both|bash|bash|the scripts of the test bed
both|ca-certificates|/etc/ssl/certs/ca-certificates.crt|package sources that speak https
both|curl|curl|asking a Docker daemon whether it answers
both|git|git|projects are listed with git ls-files
both|openssh-client|ssh|the way to every host
both|openssh-server|/usr/sbin/sshd|the hosts of the test bed
both|rsync|rsync|first pushes and repairs
both|docker.io|/usr/sbin/dockerd|the Docker daemon of each host, and the docker command
both|iproute2|ip|network namespaces and links of the hosts
both|iptables|/usr/sbin/iptables|published ports of containers, and firewall faults
both|procps|pgrep|finding the processes of a host
both|util-linux|unshare|the namespaces of a host
both|debootstrap|/usr/sbin/debootstrap|the base image with Python
both|debian-archive-keyring|/usr/share/keyrings/debian-archive-keyring.gpg|debootstrap checks signatures with it
both|busybox-static|busybox|the small base image, and a second sh to test with
both|python3|python3|the delay line, and remote programs in Python
both|python3-pip|pip:|the wheels in the base image
both|tmux|tmux|windows that follow experiments
test|podman|podman|the other container engine that igor speaks to
test|uidmap|newuidmap|podman of a user without rights
test|slirp4netns|slirp4netns|the network of such a podman
test|dash|dash|remote programs must run in it
test|zsh|zsh|a login shell that hosts may have, and completion
test|fish|fish|a login shell that hosts may have, and completion
test|tcsh|tcsh|a login shell that hosts may have
test|shellcheck|shellcheck|checks the shell programs
test|lua-check|luacheck|checks the Lua files
test|patchelf|patchelf|lets a Neovim of a newer Debian find its libraries
'

fail() {
  printf 'provision.sh: %s\n' "$*" >&2
  exit 1
}

purpose='test'
while [ $# -gt 0 ]; do
  case $1 in
    --for=*) purpose=${1#--for=} ;;
    --for) purpose=${2:-} && shift ;;
    *) purpose= ;;
  esac
  case $purpose in test | demo) ;; *) echo "usage: provision.sh [--for test|demo]" >&2 && exit 2 ;; esac
  shift
done

# By presence, which costs nothing; asking dpkg costs more than all the rest.
is_there() { # COMMAND or /FILE or pip:
  case $1 in
    /*) [ -e "$1" ] ;;
    pip:) command -v pip3 >/dev/null || [ -e /usr/lib/python3/dist-packages/pip ] ;;
    *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
  esac
}

missing=()
declare -A why
while IFS='|' read -r who package sign reason; do
  if [ -z "$who" ]; then continue; fi
  if [ "$who" = test ] && [ "$purpose" = demo ]; then continue; fi
  why[$package]=$reason
  is_there "$sign" || missing+=("$package")
done <<<"$wanted"
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || fail "missing: ${missing[*]}. Run this as root, or install sudo."
  exec sudo -- bash "$0" --for "$purpose"
fi
command -v apt-get >/dev/null || fail "missing: ${missing[*]}. They are Debian packages, and there is no apt-get here."

echo "Installing with apt, for igor's $purpose:"
for package in "${missing[@]}"; do printf '  %-24s %s\n' "$package" "${why[$package]}"; done

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)

# Debian starts a service when it installs it; this file is Debian's way to say no.
policy=/usr/sbin/policy-rc.d
mark="# igor's provision.sh: removed when it ends"
cleanup() {
  rm -f "$log"
  if grep -qsxF "$mark" "$policy"; then rm -f "$policy"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM
if [ ! -e "$policy" ] || grep -qsxF "$mark" "$policy"; then
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi

last_words() { tail -n 12 "$log" | sed 's/^/    /' >&2; }
install() { apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null; }

if ! apt-get update -o DPkg::Lock::Timeout=120 >"$log" 2>&1; then
  echo "provision.sh: apt-get update failed; trying with the package lists that are here. Its last words:" >&2
  last_words
fi
if ! install "${missing[@]}"; then
  # Together they cannot be installed: one by one shows which.
  for package in "${missing[@]}"; do
    install "$package" && continue
    echo "provision.sh: $package could not be installed (wanted for: ${why[$package]}). The last words of apt:" >&2
    last_words
    exit 1
  done
fi
echo "Done."
