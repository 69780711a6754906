#!/bin/bash
# bed.sh: real hosts on one Debian machine, as root: each with its own address, sshd, users, home and Docker daemon.
#
#   bed.sh up [--no-docker] NAME...    start the hosts that are missing; returns when sshd and dockerd answer
#   bed.sh down [NAME...]              remove these hosts; without names the whole bed, without a trace
#   bed.sh down --cache                the whole bed and the cached base images
#   bed.sh sh NAME [COMMAND...]        run as root on the host; one word is a script, several are a command
#   bed.sh link NAME up|down           plug or unplug the host's network cable
#   bed.sh address NAME | list | state
#
# Several beds stand side by side: IGOR_BED names one (default `igor`). Its number N, recorded in its state, gives
# the network 10.99.N.0/24 and the prefix igN of its namespaces and links. The state, /var/lib/igor-bed/<bed>:
#   bin/ssh          `ssh` that reaches the bed (put bin first in PATH; the caller's own -F wins)
#   ssh_config, known_hosts, client-key
#   host/<name>/     index and host-key (kept while the bed stands), pid, ready, docker/, log
#
#   machine: igNdev 10.99.N.1 --veth-- [igN-sw: bridge br0] --veth-- [igN-1: eth0 10.99.N.11] first host
#                                                           \--veth-- [igN-2: eth0 10.99.N.12] second host
# The bridge has a namespace of its own because a dockerd on the machine makes its bridges drop frames.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bed=${IGOR_BED:-igor}
beds=/var/lib/igor-bed
state=$beds/$bed

say() { printf '%s\n' "$*"; }
fail() {
  printf 'bed.sh: %s\n' "$*" >&2
  exit "${IGOR_BED_FAILED:-1}"
}
usage() { sed -n '4,9s/^#   //p' "${BASH_SOURCE[0]}" >&2 && exit 2; }

# shellcheck source-path=SCRIPTDIR source=bed-host.sh
. "$here/bed-host.sh"
# shellcheck source-path=SCRIPTDIR source=bed-network.sh
. "$here/bed-network.sh"

# --- locks: on directories, so that no lock file stays behind

lock_beds() { # held shortly, while a number is chosen or the last bed goes
  local inode
  while :; do
    mkdir -p "$beds"
    exec 9<"$beds"
    flock 9
    inode=$(stat -c %i "$beds" 2>/dev/null || true)
    [ "$inode" = "$(stat -Lc %i /proc/self/fd/9)" ] && return
  done
}
unlock_beds() { exec 9<&-; }

lock_bed() { # one `up` or `down` at a time for a bed
  local inode
  while :; do
    mkdir -p "$state"
    exec 8<"$state" || continue
    flock 8
    inode=$(stat -c %i "$state" 2>/dev/null || true)
    [ "$inode" = "$(stat -Lc %i /proc/self/fd/8)" ] && return
  done
}

# --- commands

hosts_of_bed() {
  local directory
  for directory in "$state"/host/*/; do
    [ -d "$directory" ] && basename "$directory"
  done
  return 0
}

up() {
  local docker=docker name job template=none failed=0
  if [ "${1:-}" = --no-docker ]; then docker=no-docker && shift; fi
  [ $# -gt 0 ] || usage
  for name; do valid_name "$name"; done
  if [ $docker = docker ]; then template=$("$here/base-image.sh"); fi
  lock_bed
  choose_number
  make_keys
  make_network
  for name; do make_identity "$name"; done
  write_names
  starting=("$@")
  trap give_up INT TERM
  for name; do up_host "$name" "$template" & done
  for job in $(jobs -p); do wait "$job" || failed=1; done
  return $failed
}

give_up() { # a host that is not ready yet is taken away again
  trap '' INT TERM
  local name job
  for job in $(jobs -p); do kill "$job" 2>/dev/null || true; done
  wait || true
  for name in "${starting[@]}"; do
    [ -e "$state/host/$name/ready" ] || down_host "$name"
  done
  exit 130
}

down() {
  local name
  if [ "${1:-}" = --cache ]; then down_bed && down_cache && return; fi
  if [ $# = 0 ]; then down_bed && return; fi
  for name; do valid_name "$name"; done
  [ -d "$state" ] || return 0
  lock_bed
  for name; do down_host "$name" & done
  wait
}

down_bed() {
  local name
  if [ -d "$state" ]; then
    lock_bed
    for name in $(hosts_of_bed); do down_host "$name" & done
    wait
    remove_network
    sweep_cgroup "$(cgroup_of "")"
    rm -rf --one-file-system "$state/host"
    rm -rf --one-file-system "$state"
  fi
  lock_beds
  if rmdir "$beds" 2>/dev/null; then forget_namespaces; fi
  unlock_beds
}

down_cache() {
  [ ! -d "$beds" ] || fail "the cache stays: other beds use it ($(ls "$beds"))"
  rm -rf --one-file-system /var/cache/igor-bed
}

list() {
  local name
  for name in $(hosts_of_bed); do
    printf '%-16s %-14s %s\n' "$name" "$(address_of "$name")" "$(condition_of "$name")"
  done
}

[[ $bed =~ ^[a-z0-9][a-z0-9-]{0,39}$ ]] || fail "IGOR_BED=$bed: a bed is named with lower-case letters, digits and -"
command=${1:-}
[ $# = 0 ] || shift
case $command in
  address) need_host "${1:-}" && address_of "$1" ;;
  list) list ;;
  state) say "$state" ;;
  up | down | sh | link)
    [ "$(id -u)" = 0 ] || fail "must run as root"
    case $command in
      up) up "$@" ;;
      down) down "$@" ;;
      sh) need_host "${1:-}" && run_on_host "$@" ;;
      link) need_host "${1:-}" && set_link "$@" ;;
    esac
    ;;
  *) usage ;;
esac
