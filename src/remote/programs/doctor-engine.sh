# What doctor looks at of the container engine and of the project's container. See the first lines of doctor.sh, which
# has `check` and `room`, and the texts for what is said here.
#
# Inputs: those of container; in_python. $root is the project's directory.
# shellcheck disable=SC2030,SC2031
: "${in_engine:?}" "${in_container:?}" "${in_workspace:?}" "${in_container_user:?}" "${in_python:?}" "${in_gpus:?}" "${root:=}"
: "${status:=}" "${because:=}" "${has_image:=}" "${gpu_found=}" "${means=}"

# engine_words CAUSE: the failure of the engine, with its own last words.
engine_words() { check engine fail "$in_engine" "$1" "$(tail -n 5 "$scratch.err" 2>/dev/null)"; }

# It runs beside the rest, so its files are its own.
look_at_engine() (
  scratch=$D/$I.doctor-engine
  # failed engine-unavailable ENGINE CAUSE; a command of it that failed has no text here
  # shellcheck disable=SC2317
  ev() {
    case $2 in engine-unavailable) engine_words "$4" ;; *) engine_words other ;; esac
  }
  command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
  # `docker info` ends well without a daemon; podman has none.
  case $in_engine in podman) format='{{.Client.Version}}' ;; *) format='{{.Client.Version}} {{.Server.Version}}' ;; esac
  engine_code=0
  version=$(engine 10 version --format "$format") || engine_code=$?
  [ "$engine_code" = 0 ] || engine_failed "$engine_code" "ask the engine for its version"
  # shellcheck disable=SC2086
  check engine ok "$in_engine" $version
  # podman writes a space after each colon.
  means=$(engine 10 info --format '{{json .}}' | sed 's/": /":/g') || means=
  case $means in
    *'"name=rootless'* | *'"rootless":true'*) check users ok rootless "$in_engine" ;;
    *'"name=userns'*) check users ok userns ;;
    *) check users ok rootful ;;
  esac
  case $in_engine in
    podman) check builder ok buildah ;;
    *)
      if version=$(engine 10 buildx version); then
        check builder ok buildx "$(printf %s "$version" | awk '{print $2}')"
      else
        check builder warn legacy
      fi
      ;;
  esac
  store=$(printf %s "$means" | sed -n 's/.*"DockerRootDir":"\([^"]*\)".*/\1/p')
  [ "$store" ] || store=$(printf %s "$means" | sed -n 's/.*"graphRoot":"\([^"]*\)".*/\1/p')
  # That of users who are mapped lies in one that nobody else may look into.
  until [ -z "$store" ] || [ -d "$store" ]; do store=${store%/*}; done
  [ -z "$store" ] || room storage "$store" "$in_engine"
  look_at_gpus
  look_at_container_of_ours
)

look_at_gpus() {
  asked=$in_gpus
  [ "$asked" = none ] || in_gpus=auto
  find_gpus
  case $gpu_found in
    none)
      if [ "$asked" = auto ]; then check gpus ok none; else check gpus fail none "$asked"; fi
      ;;
    no-runtime)
      if [ "$asked" = auto ]; then check gpus warn no-runtime; else check gpus fail no-runtime "$asked"; fi
      ;;
    '') check gpus ok not-asked ;;
    *) check gpus ok "$gpu_found" "$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | sort | uniq -c | awk '{$1 = $1 "x"; print}' | tr '\n' ',' || :)" ;;
  esac
}

look_at_container_of_ours() {
  look_at_container "$in_container"
  if [ "$status" = missing ]; then
    check container warn missing "$in_container"
    return 0
  fi
  if ! container_is_ours; then
    check container fail foreign "$in_container" "$in_engine"
    return 0
  fi
  # Whether its image is out of date is not asked here.
  # shellcheck disable=SC2034
  in_image_hash=$has_image
  decide_container
  case $status in
    running) ;;
    paused) check container warn paused "$in_container" && return 0 ;;
    *) check container warn stopped "$in_container" && return 0 ;;
  esac
  if [ "$because" = other-directory ]; then
    check container fail other-directory "$in_container"
    return 0
  elif [ "$because" ]; then
    check container warn outdated "$in_container" "${because#changed }"
  else
    check container ok running "$in_container"
  fi
  look_inside
}

# look_at_memory: $shm, its /dev/shm as `FREE TOTAL` in kB. The 64 MB that engines give by themselves are too little for
# the workers of a data loader.
look_at_memory() {
  free=${shm% *} total=${shm#* }
  case $free$total in '' | *[!0-9]*) return 0 ;; esac
  if [ "$total" -lt 250000 ]; then
    check memory warn small "$free" "$total"
  elif [ "$free" -lt $((total / 10)) ]; then
    check memory warn full "$free" "$total"
  else
    check memory ok room "$free" "$total"
  fi
}

# What the container says for itself: a line for each thing.
# shellcheck disable=SC2016
look_inside() {
  proof=.igor/proof.$$
  inside_code=0
  engine 30 exec "$in_container" sh -c '
    if p=$("$1" -c "import sys; print(sys.version.split()[0])" 2>/dev/null); then echo "python $p"; fi
    if p=$("$1" -c "import debugpy; print(debugpy.__version__)" 2>/dev/null); then echo "debugpy $p"; fi
    if [ -w "${HOME:-/nowhere}" ]; then echo "home yes ${HOME-}"; else echo "home no ${HOME-}"; fi
    if printf "" >"$2"; then echo "files made"; fi 2>/dev/null
    df -Pk /dev/shm 2>/dev/null | while read -r _ total _ free _; do echo "shm $free $total"; done
    echo "user $(id -u)"' igor-look "$in_python" "$in_workspace/$proof" >"$scratch.inside" || inside_code=$?
  if [ "$inside_code" != 0 ]; then
    check container fail no-shell "$in_container" "$in_engine" "$(cat "$scratch.err" "$scratch.inside" | tail -n 3)"
    return 0
  fi
  python='' debugpy='' home='' made='' user='' shm=''
  while read -r key value; do
    case $key in
      python) python=$value ;;
      debugpy) debugpy=$value ;;
      shm) shm=$value ;;
      home) home=$value ;;
      files) made=1 ;;
      user) user=$value ;;
    esac
  done <"$scratch.inside"
  if [ "$python" ]; then check python ok "$python" "$in_python"; else check python warn none "$in_python"; fi
  if [ "$debugpy" ]; then
    check debugpy ok "$debugpy"
  elif [ "$python" ]; then
    check debugpy warn none "$in_python"
  fi
  look_at_memory
  case $home in yes*) check home ok "${home#yes }" ;; *) check home warn "${home#no }" ;; esac
  if [ -z "$made" ] || [ ! -e "$root/$proof" ]; then
    check files fail refused "$in_workspace" "${user:-there}"
  elif [ -O "$root/$proof" ]; then
    check files ok "$(id -un)"
  else
    check files warn others "$(stat -c %U "$root/$proof")" "$in_container_user"
  fi
  rm -f "$root/$proof" 2>/dev/null || engine 10 exec "$in_container" rm -f "$in_workspace/$proof" >/dev/null || :
}
