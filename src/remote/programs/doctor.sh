# What this host has of all that igor needs, each thing looked at by itself. Nothing is changed: a file that is made in
# the container to prove whose it is goes again.
#
# Inputs: those of target, container and image; in_python (of the container).
# Answer (stdout): `clock SECONDS`, and lines `check NAME VERDICT FIELD...` with tabs between and the fields encoded; what is
# not in it could not be looked at. The texts are in src/view/check-text.ts.
# shellcheck disable=SC2030,SC2031
: "${in_engine:?}" "${in_dir:?}" "${in_project:?}" "${in_container:?}" "${in_workspace:?}" "${in_container_user:?}" "${in_python:?}"
: "${in_gpus:?}" "${absolute:=}" "${fresh=}" "${status:=}" "${because:=}" "${has_image:=}" "${has_owner:=}" "${gpu_found=}" "${means=}"
scratch=$D/$I.doctor

# check NAME VERDICT FIELDS
check() {
  line="check	$1	$2"
  shift 2
  for field in "$@"; do line="$line	$(encoded "$field")"; done
  printf '%s\n' "$line"
}

look_at_system() {
  system=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null | head -n 1) || system=
  check system ok "${system:-$(uname -s)} $(uname -m)" "${SHELL##*/}" "$(id -un)"
  lacks=
  for tool in tar gzip base64 awk stat find cmp od sed; do command -v "$tool" >/dev/null 2>&1 || lacks="$lacks $tool"; done
  if [ "$lacks" ]; then check tools fail "${lacks# }"; else check tools ok; fi
  if ! command -v rsync >/dev/null 2>&1; then
    check transfer warn none
  else
    version=$(rsync --version 2>/dev/null | head -n 1) || version=
    case $(rsync --version 2>/dev/null || :) in
      *openrsync*) check transfer warn openrsync ;;
      *) check transfer ok rsync "$(printf %s "$version" | awk '{print $3}')" ;;
    esac
  fi
}

# look_at_directory: sets $root, and $inside when we are in it.
look_at_directory() {
  absolute "$in_dir"
  root=$absolute inside=''
  place=$root
  until [ -d "$place" ] || [ -z "$place" ]; do place=${place%/*}; done
  place=${place:-/}
  if [ ! -d "$root" ]; then
    if [ -e "$root" ] || [ -L "$root" ]; then
      check directory fail not-a-directory "$root"
    elif [ -w "$place" ] && [ -x "$place" ]; then
      check directory ok missing "$root"
    else
      check directory fail not-writable "$place" "$(stat -c %U "$place")" "$(id -un)"
    fi
    return 0
  fi
  if ! cd -P -- "$root" 2>/dev/null || [ ! -r . ]; then
    check directory fail not-readable "$root"
    return 0
  fi
  root=$(pwd -P) inside=1
  look_if_fresh
  was=
  [ ! -r .igor/host/marker ] || was=$(sed -n 's/^project //p' .igor/host/marker | head -n 1)
  if [ ! -w . ] || { [ -e .igor ] && [ ! -w .igor ]; }; then
    check directory fail not-writable "$root" "$(stat -c %U .)" "$(id -un)"
  elif [ -e .igor/host ] && [ ! -O .igor/host ]; then
    check directory fail other-owner "$root" "$(stat -c %U .igor/host)"
  elif [ "$was" ] && [ "$was" != "$in_project" ]; then
    check directory fail other-project "$root" "$was"
  elif [ -z "$was" ] && [ -z "$fresh" ]; then
    check directory warn unmarked "$root"
  else
    check directory ok ours "$root"
  fi
}

# Files of others in the tree make a push fail that must replace them. A huge tree is not looked through for ever.
look_at_owners() {
  owners_code=0
  if command -v timeout >/dev/null 2>&1; then
    timeout 10 find . -xdev ! -user "$(id -u)" >"$scratch.owners" 2>/dev/null || owners_code=$?
  else
    find . -xdev ! -user "$(id -u)" >"$scratch.owners" 2>/dev/null || :
  fi
  count=$(($(wc -l <"$scratch.owners")))
  if [ "$count" -gt 0 ]; then
    first=$(head -n 1 "$scratch.owners")
    check owners warn others "$count" "${first#./}" "$(stat -c %U "$first" 2>/dev/null)" "$root" "$(id -un)"
  elif [ "$owners_code" = 124 ]; then
    check owners ok unfinished
  else
    check owners ok
  fi
}

# room NAME PATH: free and total kB of its file system, and whether that is enough.
room() {
  df -Pk "$2" 2>/dev/null | awk 'NR == 2 { print $4, $2 }' >"$scratch.df" || :
  read -r free total <"$scratch.df" || return 0
  verdict=ok
  if [ "$free" -lt 5000000 ] && [ "$free" -lt $((total / 10)) ]; then verdict=warn; fi
  [ "$free" -ge 100000 ] || verdict=fail
  check "$1" "$verdict" "$free" "$total" "$2"
}

look_at_room() {
  room disk "$place"
  df -Pi "$place" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4, $2 }' >"$scratch.df" || :
  if read -r free total <"$scratch.df"; then
    verdict=ok
    [ "$free" -ge $((total / 20)) ] || verdict=warn
    [ "$free" -ge 100 ] || verdict=fail
    check inodes "$verdict" "$free" "$total" "$place"
  else
    check inodes ok unlimited
  fi
  df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4, $2 }' >"$scratch.df" || :
  if [ -w /dev/shm ] && read -r free total <"$scratch.df"; then
    verdict=ok
    [ "$free" -ge $((total / 10)) ] || verdict=warn
    check shm "$verdict" room "$free" "$total"
  else
    check shm warn none
  fi
}

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
  means=$(engine 10 info --format '{{json .}}') || means=
  case $means in
    *'"name=rootless'* | *'"rootless":true'*) check users ok rootless ;;
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
  [ ! -d "$store" ] || room storage "$store"
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
    check container fail foreign "$in_container" "$has_owner"
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
  if [ "$because" ]; then
    check container warn outdated "$in_container" "${because#changed }"
  else
    check container ok running "$in_container"
  fi
  look_inside
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
    echo "user $(id -u)"' igor-look "$in_python" "$in_workspace/$proof" >"$scratch.inside" || inside_code=$?
  if [ "$inside_code" != 0 ]; then
    check container fail no-shell "$in_container" "$(cat "$scratch.err" "$scratch.inside" | tail -n 3)"
    return 0
  fi
  python='' debugpy='' home='' made='' user=''
  while read -r key value; do
    case $key in python) python=$value ;; debugpy) debugpy=$value ;; home) home=$value ;; files) made=1 ;; user) user=$value ;; esac
  done <"$scratch.inside"
  if [ "$python" ]; then check python ok "$python" "$in_python"; else check python warn none "$in_python"; fi
  if [ "$debugpy" ]; then
    check debugpy ok "$debugpy"
  elif [ "$python" ]; then
    check debugpy warn none "$in_python"
  fi
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

printf 'clock\t%s\n' "$(date +%s)"
look_at_system
look_at_directory
look_at_engine >"$D/$I.found" &
asked_engine=$!
if [ "$inside" ]; then look_at_owners; else check owners ok; fi
look_at_room
wait "$asked_engine" || :
cat "$D/$I.found"
