# The container of the project on this host: whether it is right, why not, making and replacing it.
#
# Inputs: in_container (name), in_image, in_image_hash, in_config_hash and in_config_keys (what was asked for, as words
# KEY=HASH; they become labels; the first is `-` where a program that only looks cannot know all of env), in_owner,
# in_project, in_group, in_workspace (the code in the container), in_container_user (host or image), in_gpus (auto, all,
# none, or device=0,1), in_shm (as --shm-size, or auto: half of the host's memory, or empty), in_network, in_ports (words
# HOST:CONTAINER), in_mounts (three lines each: ro or rw, source, target), in_env (lines NAME=VALUE), in_docker_args
# (lines), in_replace (1: even when something runs in it).
# Events: `container-kept`, `container-started BECAUSE`, `container-replaced BECAUSE` (no-container, stopped, leftover,
# new-image, changed KEYS, other-directory), `port-taken PORT HOLDER`, `gpus none|runtime|cdi|no-runtime`, `files-not-yours OWNER`,
# `stops-at-logout`.
# Guarantees: a container without our labels is never touched; the old container is renamed and stopped, not removed,
# until the new one runs, and runs again when the new one does not.
: "${in_container:?}" "${in_image:?}" "${in_image_hash:?}" "${in_config_hash:?}" "${in_config_keys=}" "${in_owner:?}"
: "${in_project:?}" "${in_group:?}" "${in_workspace:?}" "${in_container_user:?}" "${in_gpus:?}" "${in_shm=}" "${in_network=}"
: "${in_ports=}" "${in_mounts=}" "${in_env=}" "${in_docker_args=}" "${in_replace=}" "${scratch:=}" "${root:=}"

container_format='{{.State.Status}} {{.State.Pid}}{{println}}{{index .Config.Labels "igor.owner"}}{{println}}{{index .Config.Labels "igor.project"}}{{println}}{{index .Config.Labels "igor.group"}}{{println}}{{index .Config.Labels "igor.image"}}{{println}}{{index .Config.Labels "igor.config"}}{{println}}{{index .Config.Labels "igor.config.keys"}}{{println}}{{index .Config.Labels "igor.without-ports"}}{{println}}{{index .Config.Labels "igor.directory"}}{{println}}.'

# A process that does nothing and ends when it is told to, also as process 1. The number marks its child.
idle='trap "exit 0" TERM INT; while :; do sleep 2147483 & wait $!; done'

# ask_container NAME: what the engine knows about it, into $scratch.container.
ask_container() { engine 10 container inspect -f "$container_format" "$1" >"$scratch.container"; }

# read_container CODE: sets $status (missing, running, exited, created, paused, ...), $first_process, and $has_... from its
# labels.
read_container() {
  if [ "$1" != 0 ]; then
    case $(cat "$scratch.err") in
      # Error: No such container: x; Error response from daemon: No such container: x; podman: no such container
      *[Nn]'o such container'*) status=missing ;;
      *) engine_failed "$1" "look at the container $in_container" ;;
    esac
    return 0
  fi
  {
    read -r status first_process
    IFS= read -r has_owner
    IFS= read -r has_project
    IFS= read -r has_group
    read -r has_image
    read -r has_config
    read -r has_keys
    read -r without_ports
    read -r has_directory
  } <"$scratch.container" || :
}

look_at_container() {
  container_code=0
  ask_container "$1" || container_code=$?
  read_container "$container_code"
}

container_is_ours() { [ "$has_owner" = "$in_owner" ] && [ "$has_project" = "$in_project" ] && [ "$has_group" = "$in_group" ]; }

# differs: sets $changed_keys, what is not as it is asked for; succeeds when that is more than an env that is not known.
differs() {
  changed_keys=$(changed_words "$has_keys" "$in_config_keys")
  [ "$in_config_hash" != - ] || case $changed_keys in '' | env) return 1 ;; esac
}

# decide_container: sets $action (keep, start, make, replace) and $because.
decide_container() {
  because=
  if [ "$status" = missing ]; then
    action='make' because=no-container
    return 0
  fi
  container_is_ours || die container-foreign "$in_container" "$(encoded "$has_owner")"
  if [ "$has_image" != "$in_image_hash" ]; then
    action=replace because=new-image
  elif [ "$has_config" != "$in_config_hash" ] && differs; then
    action=replace because="changed $changed_keys"
  else
    case $status in
      running)
        action=keep
        ! sees_other "$first_process" "$root" "$has_directory" || action=replace because=other-directory
        ;;
      created | dead) action=replace because=leftover ;;
      *) action=start because=stopped ;;
    esac
  fi
}

# missing_ports: a container that had to do without a port. Sets $action to replace it when all of them are free now and
# nothing runs in it; else says once more what is missing.
missing_ports() {
  [ "$action" = keep ] && [ "$without_ports" ] || return 0
  still=
  for port in $without_ports; do
    port_holder "$port"
    [ -z "$holder" ] || still=1
  done
  if [ -z "$still" ]; then
    list_processes "$in_container"
    [ "$processes" ] || { action=replace because='changed ports' && return 0; }
  fi
  for port in $without_ports; do
    port_holder "$port"
    ev port-taken "$port" "$(encoded "${holder:-nobody now, but the container is in use}")"
  done
}

# port_holder PORT: sets $holder, who listens there on this host, or nothing.
port_holder() {
  case $in_engine in
    # It has no such filter: NAME 127.0.0.1:5700-5702->80-82/tcp, 0.0.0.0:5556->5556/tcp
    podman)
      holder=$(engine 10 ps --format '{{.Names}} {{.Ports}}' | awk -v port="$1" '{
        for (i = 2; i <= NF; i++) {
          if (split($i, side, "->") < 2) continue
          sub(/.*:/, "", side[1])
          ends = split(side[1], end, "-")
          if (port + 0 >= end[1] + 0 && port + 0 <= end[ends] + 0) { print $1; exit }
        }
      }') || holder=
      ;;
    *) holder=$(engine 10 ps --filter "publish=$1" --format '{{.Names}}' | head -n 1) || holder= ;;
  esac
  [ -z "$holder" ] || { holder="the container $holder" && return 0; }
  # Column 2 is ADDRESS:PORT in hexadecimal, 4 the state (0A: listening), 8 the user. Loopback or any address.
  port_user=$(awk -v port="$(printf %04X "$1")" \
    '$4 == "0A" && $2 ~ "^(0100007F|0+|0+FFFF00000100007F):" port "$" {print $8; exit}' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null) || port_user=
  [ "$port_user" ] || return 0
  port_process=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:((\("[^"]*",pid=[0-9]*\).*/\1/p' | head -n 1) || port_process=
  port_login=$(awk -F: -v id="$port_user" '$3 == id {print $1; exit}' /etc/passwd 2>/dev/null) || port_login=
  holder="${port_process:-a process} of ${port_login:-user $port_user}"
}
