# Making the container as it is asked for, and looking whether it is right. Inputs: see container.sh.
: "${in_engine:?}" "${in_container:?}" "${in_container_user:?}" "${in_shm=}" "${in_network=}" "${in_ports=}"
: "${in_mounts=}" "${in_env=}" "${in_docker_args=}" "${in_owner:?}" "${in_project:?}" "${in_group:?}" "${in_workspace:?}"
: "${in_image:?}" "${in_image_hash:?}" "${in_config_hash:?}" "${in_config_keys=}"
: "${scratch:=}" "${root:=}" "${job:=}" "${decoded:=}" "${absolute:=}" "${idle:=}" "${status:=}" "${action:=}" "${because:=}" "${holder:=}"
newline='
'
carriage=$(printf '\r')

# check_mounts: every directory that is to be mounted is there. Docker's own words would not name it as the user did.
check_mounts() {
  # The one directory of ours that something in the container can replace by a link to another one of the host.
  [ ! -L "$root/.igor/host/home/.igor-sessions" ] || die symlink-in-the-way "$(encoded .igor/host/home/.igor-sessions)"
  while IFS= read -r mode && IFS= read -r source && IFS= read -r target; do
    decode "$source"
    absolute "$decoded"
    [ -e "$absolute" ] || not_made mount "$(encoded "$absolute")"
  done <<EOF
$in_mounts
EOF
}

# field KEY VALUE: sets $field, one field of --mount's comma-separated list.
field() {
  case $2 in
    *[,\"]*) field=\"$1=$(printf %s "$2" | sed 's/"/""/g')\" ;;
    *) field=$1=$2 ;;
  esac
}

# write_env: NAME=VALUE lines for the engine, in a file only this user can read: arguments can be read by everyone.
write_env() {
  (umask 077 && : >"$scratch.env")
  if [ "$in_container_user" != image ]; then
    printf 'HOME=/home/%s\nUSER=%s\nLOGNAME=%s\n' "$login" "$login" "$login" >>"$scratch.env"
  fi
  while IFS= read -r line; do
    [ "$line" ] || continue
    decode "$line"
    case $decoded in *"$newline"* | *"$carriage"*) ;; *) printf '%s\n' "$decoded" >>"$scratch.env" ;; esac
  done <<EOF
$in_env
EOF
}

# run_container: one try to make and start it.
run_container() {
  set -- run --detach --name "$in_container" --label "igor.owner=$in_owner" --label "igor.project=$in_project" \
    --label "igor.group=$in_group" --label "igor.image=$in_image_hash" --label "igor.config=$in_config_hash" \
    --label "igor.config.keys=$in_config_keys" --label "igor.without-ports=${without_ports# }" --label "igor.job=${job##*/}" \
    --label "igor.directory=$(stat -c %i "$root/.")" \
    --entrypoint sh --workdir "$in_workspace" --env-file "$scratch.env"
  field source "$root"
  mount=type=bind,$field
  field target "$in_workspace"
  set -- "$@" --mount "$mount,$field"
  # What igor keeps for itself on the host is not the business of the container. (A tmpfs would take over the mode of
  # the directory below it, so nobody in the container could list it, and every walk through the tree would complain.)
  field source "$root/.igor/host/nothing"
  mount=type=bind,$field
  field target "$in_workspace/.igor/host"
  set -- "$@" --mount "$mount,$field,readonly"
  # A user of the image has a home of its own; what exec shares with its sessions is in the same place for both.
  shared=/.igor-sessions
  [ "$in_container_user" = image ] || shared=
  field source "$root/.igor/host/home$shared"
  set -- "$@" --mount "type=bind,$field,target=/home/$login$shared"
  while IFS= read -r mode && IFS= read -r source && IFS= read -r target; do
    decode "$source"
    absolute "$decoded"
    field source "$absolute"
    mount=type=bind,$field
    decode "$target"
    field target "$decoded"
    mount=$mount,$field
    [ "$mode" != ro ] || mount=$mount,readonly
    set -- "$@" --mount "$mount"
  done <<EOF
$in_mounts
EOF
  # Words of ours, without spaces inside.
  # shellcheck disable=SC2086
  set -- "$@" $init_words $user_words $gpu_words
  [ -z "$shm" ] || set -- "$@" --shm-size "$shm"
  [ -z "$in_network" ] || set -- "$@" --network "$in_network"
  for port in $in_ports; do
    case " $without_ports " in *" ${port%%:*} "*) ;; *) set -- "$@" --publish "127.0.0.1:$port" ;; esac
  done
  while IFS= read -r line; do
    [ "$line" ] || continue
    decode "$line"
    set -- "$@" "$decoded"
  done <<EOF
$in_docker_args
EOF
  (
    # A value with line breaks cannot be in the file, nor one that ends in half of one: the engine takes it from its own
    # environment.
    while IFS= read -r line; do
      decode "$line"
      case $decoded in
        *"$newline"* | *"$carriage"*)
          export "${decoded?}"
          set -- "$@" --env "${decoded%%=*}"
          ;;
      esac
    done <<EOF
$in_env
EOF
    engine 120 "$@" "$in_image" -c "$idle" igor-idle >/dev/null
  )
}

# remove_new: the container that this job made, and no other that has taken the name meanwhile.
remove_new() {
  for found in $(engine 30 ps --all --quiet --filter "label=igor.job=${job##*/}"); do
    engine 30 rm -f "$found" >/dev/null || :
  done
}

# make_container: tries until it runs; what the host cannot give is left out and said, or is the failure.
make_container() {
  without_ports='' init_words=--init shm=$in_shm
  if [ "$shm" = auto ]; then
    shm=$(awk '/^MemTotal:/ {printf "%dm", $2 / 2048}' /proc/meminfo 2>/dev/null) || shm=
  fi
  mkdir -p "$root/.igor/host/home/.igor-sessions" "$root/.igor/host/nothing"
  # Whatever user a process in the container has, it can reach the directory of its session.
  chmod 711 "$root/.igor/host/home" "$root/.igor/host/home/.igor-sessions"
  chmod 755 "$root/.igor/host/nothing"
  write_env
  while :; do
    run_code=0
    run_container || run_code=$?
    [ "$run_code" != 0 ] || break
    engine_check "$run_code"
    run_error=$(cat "$scratch.err")
    # Docker leaves a container that it made and could not start.
    cp "$scratch.err" "$scratch.why"
    remove_new
    mv "$scratch.why" "$scratch.err"
    case $run_error in
      # Bind for 127.0.0.1:5556 failed: port is already allocated
      # listen tcp4 127.0.0.1:5556: bind: address already in use
      *'port is already allocated'* | *'address already in use'*) drop_port ;;
      # exec: "docker-init": executable file not found in $PATH; podman: container-init binary not found on the host
      *docker-init* | *'container-init binary not found'*) 
        [ "$init_words" ] || not_made other
        init_words=
        ;;
      # could not select device driver "" with capabilities: [[gpu]]; Unknown runtime specified nvidia
      # nvidia-container-cli: initialization error; unresolvable CDI devices nvidia.com/gpu=all
      *'could not select device driver'* | *'nvidia'*)
        if [ "$in_gpus" != auto ] || [ -z "$gpu_words" ]; then not_made gpu; fi
        gpu_words='' gpu_found=no-runtime
        ;;
      # exec: "sh": executable file not found in $PATH
      *'exec: "sh"'*) not_made no-shell ;;
      # invalid mount config for type "bind": bind source path does not exist: /x
      *'invalid mount'* | *'bind source path does not exist'* | *'error mounting'*) not_made mount ;;
      # network x not found; podman: network not found; invalid value for memory; unable to translate --shm-size
      *'unknown flag'* | *'unknown shorthand flag'* | *'invalid argument'* | *'unknown capability'* | *network*'not found'* | \
        *'invalid value for'* | *'unable to translate'*) not_made arguments ;;
      *) not_made other ;;
    esac
  done
  check_container
  rm -f "$scratch.env"
  [ -z "$gpu_found" ] || ev gpus "$gpu_found"
  ! stops_at_logout || ev stops-at-logout
}

# drop_port: the port of the last error is taken.
drop_port() {
  taken=$(printf %s "$run_error" | sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' | head -n 1)
  case " $in_ports " in *" $taken:"*) ;; *) not_made other ;; esac
  case " $without_ports " in *" $taken "*) not_made other ;; esac
  without_ports="$without_ports $taken"
  port_holder "$taken"
  ev port-taken "$taken" "$(encoded "${holder:-an unknown process}")"
}

# check_container: it runs, has a shell, and a file made in the mount belongs to the user of the host.
# shellcheck disable=SC2016
check_container() {
  proof=.igor/proof.$$
  check_code=0
  # Not `: >`, whose failure would end a POSIX shell.
  engine 20 exec "$in_container" sh -c 'if printf "" >"$1"; then echo made; else echo refused; fi 2>/dev/null' igor-look \
    "$in_workspace/$proof" >"$scratch.proof" 2>/dev/null || check_code=$?
  if [ "$check_code" != 0 ]; then
    engine_check "$check_code"
    # Docker tells on stdout what its runtime said: OCI runtime exec failed: ... chdir to cwd ("/workspace") ...
    cat "$scratch.proof" "$scratch.err" >"$scratch.why"
    engine 10 logs --tail 20 "$in_container" >"$scratch.proof" || :
    cat "$scratch.proof" >>"$scratch.err"
    # The container's own last words say more than that it does not run any more.
    [ -s "$scratch.err" ] || cp "$scratch.why" "$scratch.err"
    case $(cat "$scratch.err" "$scratch.why") in
      # [FATAL tini (7)] exec sh failed: No such file or directory
      *'exec sh failed'* | *'exec: "sh"'*) not_made no-shell ;;
      *) not_made other ;;
    esac
  fi
  if [ "$in_container_user" != image ]; then
    if [ ! -e "$proof" ]; then
      ev files-not-yours "$(encoded 'a user that cannot write there')"
    elif [ ! -O "$proof" ]; then
      # shellcheck disable=SC2012
      ev files-not-yours "$(encoded "$(ls -ld "$proof" | awk '{print $3}')")"
    fi
  fi
  rm -f "$proof" 2>/dev/null || engine 10 exec "$in_container" rm -f "$in_workspace/$proof" || :
}
