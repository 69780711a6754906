# shellcheck shell=bash
# bed-host.sh, sourced by bed.sh: one host of the bed, from its start to its end.
# Needs say, fail, usage of bed.sh, and bed-network.sh.
: "${here:?}" "${bed:?}" "${state:?}"

valid_name() {
  [[ $1 =~ ^[a-z][a-z0-9-]{0,39}$ ]] || fail "$1: a host is named with lower-case letters, digits and -"
}
need_host() {
  [ -s "$state/host/${1:-}/index" ] || fail "no host ${1:-} in bed $bed"
}

namespace_of() { echo "ig$(number)-$(<"$state/host/$1/index")"; }
cable_of() { echo "ig$(number)v$(<"$state/host/$1/index")"; } # its end at the switch
cgroup_of() { echo "/igor-bed/$bed${1:+/$1}"; }

# A recorded pid may be another process by now: it counts only if its command line names this host's directory.
is_of_host() { # PID NAME
  local words
  mapfile -d '' -t words 2>/dev/null <"/proc/$1/cmdline" || return 1
  [[ " ${words[*]} " == *"/host-init.sh $state/host/$2 "* ]]
}

is_in_namespace() { # PID NAMESPACE
  [ "/proc/$1/ns/net" -ef "/run/netns/$2" ]
}

pid_of() { # NAME: pid 1 of the running host, else fails
  local pid
  pid=$(cat "$state/host/$1/pid" 2>/dev/null) && [ -n "$pid" ] && is_of_host "$pid" "$1" && echo "$pid"
}

condition_of() {
  local directory=$state/host/$1
  if ! pid_of "$1" >/dev/null; then echo down
  elif [ ! -e "$directory/ready" ]; then echo half-made
  elif [ "$(<"$directory/ready")" = none ]; then echo "up, no docker"
  else echo up; fi
}

# --- up

up_host() { # NAME TEMPLATE
  local name=$1 template=$2 reason begin=$EPOCHREALTIME
  if reason=$(why_not_usable "$name" "$template"); then
    down_host "$name"
    start_host "$name" "$template"
    wait_for_host "$name" || { say "$name did not start" && down_host "$name" && return 1; }
    say "$name up in $(seconds_since "$begin") s at $(address_of "$name")${reason:+ ($reason)}"
  else
    say "$name is up at $(address_of "$name")"
  fi
}

seconds_since() { awk -v begin="$1" -v now="$EPOCHREALTIME" 'BEGIN { printf "%.2f", now - begin }'; }

# Succeeds when the host must be made, and says why if it was there before.
why_not_usable() { # NAME TEMPLATE
  local directory=$state/host/$1 pid
  [ -e "$directory/token" ] || return 0
  if ! pid=$(pid_of "$1"); then echo "it had died"
  elif [ ! -e "$directory/ready" ]; then echo "its start had been interrupted"
  elif [ "$2" != none ] && [ "$(<"$directory/ready")" = none ]; then echo "it had no docker"
  elif [ "$2" != none ] && [ "$(<"$directory/ready")" != "$2" ]; then echo "it had older base images"
  elif ! ip -n "$(switch_of_bed)" link set "$(cable_of "$1")" up 2>/dev/null; then echo "it had no cable"
  elif ! answers_ssh "$(address_of "$1")"; then echo "its sshd did not answer"
  elif [ "$2" != none ] && ! answers_docker "$pid"; then echo "its dockerd did not answer"
  else return 1; fi
}

answers_ssh() { # ADDRESS
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/22" && IFS= read -r banner <&3 && [[ $banner == SSH-2.0-* ]]' - "$1" 2>/dev/null
}
answers_docker() { # PID
  curl --silent --fail --max-time 5 --noproxy '*' --unix-socket "/proc/$1/root/run/docker.sock" http://docker/_ping >/dev/null
}

start_host() { # NAME TEMPLATE
  local name=$1 directory=$state/host/$1 namespace index token
  namespace=$(namespace_of "$name") index=$(<"$directory/index") token=$$.$EPOCHREALTIME
  mkdir -p "$directory/docker"
  cgroup_of "$name" >"$directory/cgroup"
  echo "$token" >"$directory/token"
  ip netns add "$namespace"
  ip -n "$namespace" link set lo up
  ip link add "$(cable_of "$name")" netns "$(switch_of_bed)" type veth \
    peer name eth0 netns "$namespace" address "$(hardware_address "$index")"
  ip -n "$(switch_of_bed)" link set "$(cable_of "$name")" master br0 up
  ip -n "$namespace" addr add "$(address_of "$name")/24" dev eth0
  ip -n "$namespace" link set eth0 up
  # `nsenter --net` and not `ip netns exec`, which would hide the cgroups. `--kill-child`: one kill ends the host.
  (
    close_inherited
    exec setsid nsenter --net="/run/netns/$namespace" \
      env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      unshare --mount --uts --ipc --pid --fork --kill-child=KILL --propagation private \
      /bin/bash "$here/host-init.sh" "$directory" "$token" "$name" "$2"
  ) </dev/null >"$directory/log" 2>&1 &
}

# A daemon that kept the caller's descriptors would hold its locks and pipes for as long as the host runs.
close_inherited() {
  local descriptor
  for descriptor in /proc/"$BASHPID"/fd/*; do
    descriptor=${descriptor##*/}
    if ((descriptor > 2 && descriptor != 255)); then eval "exec $descriptor>&-"; fi
  done
}

wait_for_host() { # NAME
  local directory=$state/host/$1 starter=$! never
  exec {never}<> <(:)
  for _ in $(seq 1 1200); do
    if [ -e "$directory/ready" ]; then
      exec {never}>&-
      answers_ssh "$(address_of "$1")" && return
      say "$1: sshd does not answer at $(address_of "$1")" >&2
      return 1
    fi
    kill -0 "$starter" 2>/dev/null || break
    read -rt 0.05 -u "$never" || true
  done
  exec {never}>&-
  say "$1 did not become ready; its last words:" >&2
  tail -n 15 "$directory/log" | sed 's/^/    /' >&2
  return 1
}

# --- down

down_host() { # NAME: removes everything of it but its identity; does no harm to what is not there
  local name=$1 directory=$state/host/$1 namespace pid pids
  [ -s "$directory/index" ] || return 0
  namespace=$(namespace_of "$name")
  rm -f "$directory/token" # a start that is still under way gives up
  for _ in $(seq 1 200); do
    pids=$(pgrep -f -- "host-init.sh $directory " || true)
    if [ -e "/run/netns/$namespace" ]; then pids+=" $(ip netns pids "$namespace" 2>/dev/null || true)"; fi
    [ -n "${pids// /}" ] || break
    for pid in $pids; do
      if is_of_host "$pid" "$name" || is_in_namespace "$pid" "$namespace"; then kill -KILL "$pid" 2>/dev/null || true; fi
    done
    sleep 0.02
  done
  # The cable by name first: deleting the namespace alone removes it some time later.
  ip -n "$(switch_of_bed)" link del "$(cable_of "$name")" 2>/dev/null || true
  if [ -e "/run/netns/$namespace" ]; then ip netns del "$namespace" || true; fi
  sweep_cgroup "$(cgroup_of "$name")"
  rm -rf --one-file-system "$directory/docker"
  rm -f "$directory"/{pid,ready,ready.new,log,cgroup}
}

sweep_cgroup() { # PATH: cgroup directories stay when their processes are gone
  local tree tries
  for tree in /sys/fs/cgroup"$1" /sys/fs/cgroup/*"$1"; do
    [ -d "$tree" ] || continue
    for tries in 1 2 3 4 5 6 7 8 9 10; do
      find "$tree" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep "0.0$tries"
    done
    rmdir -p --ignore-fail-on-non-empty "$(dirname "$tree")" 2>/dev/null || true
  done
}

# --- use

run_on_host() { # NAME [COMMAND...]
  local name=$1 pid
  shift
  pid=$(pid_of "$name") || fail "$name is down"
  if [ $# = 0 ]; then set -- bash; elif [ $# = 1 ]; then set -- sh -c "$1"; fi
  exec nsenter --target "$pid" --all --wd=/proc/"$pid"/root/root \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LOGNAME=root \
    SHELL=/bin/bash LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
}

set_link() { # NAME up|down
  case ${2:-} in up | down) ;; *) usage ;; esac
  ip -n "$(switch_of_bed)" link set "$(cable_of "$1")" "$2"
}
