# The image of the project on this host: whether it is right, why not, and building it.
#
# Inputs: in_image (name:tag), in_image_hash and in_image_inputs (the build inputs, as words NAME=HASH; they become labels),
# in_owner, in_project, in_dockerfile (path in the project), in_build_args (lines NAME=VALUE), in_context (lines: files the
# build reads), in_context_missing (1: in_context does not say; the program answers `context-needed` when it wants to
# know), in_ignored (words: copied directories that are no reason).
# Events: `image-up-to-date`, `building no-image|changed NAMES`, `copied-directory-ignored DIR DOCKERFILE`, `built IMAGE`.
: "${in_image:?}" "${in_image_hash:?}" "${in_image_inputs=}" "${in_owner:?}" "${in_project:?}"
: "${in_dockerfile:?}" "${in_build_args=}" "${in_context=}" "${in_context_missing=}" "${in_ignored=}"
: "${scratch:=}" "${root:=}" "${decoded:=}"

# look_at_image: sets $image_because: why the image must be built, or nothing.
look_at_image() {
  image_because=
  image_code=0
  image_labels=$(engine 10 image inspect -f '{{index .Config.Labels "igor.image"}} {{index .Config.Labels "igor.inputs"}}' "$in_image") ||
    image_code=$?
  if [ "$image_code" != 0 ]; then
    case $(cat "$scratch.err") in
      # Error response from daemon: No such image: dino-toy:igor; podman: dino-toy:igor: image not known
      *[Nn]'o such image'* | *'image not known'*) image_because=no-image ;;
      *) engine_failed "$image_code" "look at the image $in_image" ;;
    esac
  elif [ "${image_labels%% *}" != "$in_image_hash" ]; then
    image_because="changed $(changed_words "${image_labels#* }" "$in_image_inputs")"
  fi
}

# changed_words OLD NEW: the names of which the words NAME=HASH differ, at most 20.
changed_words() {
  changed=
  changed_count=0
  for word in $2; do
    case " $1 " in *" $word "*) continue ;; esac
    changed_count=$((changed_count + 1))
    [ "$changed_count" -gt 20 ] || changed="$changed ${word%%=*}"
  done
  for word in $1; do
    case " $2 " in *" ${word%%=*}="*) continue ;; esac
    changed_count=$((changed_count + 1))
    [ "$changed_count" -gt 20 ] || changed="$changed ${word%%=*}"
  done
  printf %s "${changed# }"
}

# snapshot_context DIR: copies what the build reads to DIR/context and DIR/dockerfile. The tree is locked meanwhile.
snapshot_context() {
  mkdir "$1/context"
  # igor has left out what is ignored; BuildKit would leave out more where there are two files that say so.
  : >"$1/dockerfile.dockerignore"
  cp -- "$in_dockerfile" "$1/dockerfile" 2>/dev/null || die dockerfile-missing "$(encoded "$in_dockerfile")"
  set -- "$1"
  while IFS= read -r line; do
    [ "$line" ] || continue
    decode "$line"
    set -- "$@" "./$decoded"
    [ $# -le 200 ] || {
      copy_to "$@"
      set -- "$1"
    }
  done <<EOF
$in_context
EOF
  [ $# -eq 1 ] || copy_to "$@"
}

# copy_to DIR FILES: with their modes; the directories they are in are readable, whatever the umask.
copy_to() {
  copy_to=$1
  shift
  # GNU tar reads a backslash in a name as the begin of an escape, unless it is told not to; others do not know the word.
  : "${tar_words=$(case $(tar --version 2>/dev/null) in *GNU*) echo --no-unquote ;; esac)}"
  # shellcheck disable=SC2086
  if ! { tar -cf "$copy_to/scratch.tar" $tar_words -- "$@" && (umask 022 && tar -xpf "$copy_to/scratch.tar" -C "$copy_to/context"); } 2>"$scratch.err"; then
    cat "$scratch.err" >&2
    rm -rf "$copy_to"
    # tar: ./x: Cannot stat: No such file or directory; busybox: tar: ./x: No such file or directory
    ! grep -q 'No such file' "$scratch.err" || die build-failed "$in_engine" missing-file "" "$(encoded "$root")"
    exit 1
  fi
  rm -f "$copy_to/scratch.tar"
}

# build_image DIR: from the snapshot in DIR. The engine's own output is that of the program, which is DIR/log.
build_image() {
  build_dir=$1
  # shellcheck disable=SC2086
  ev building $image_because
  for word in $in_ignored; do
    ev copied-directory-ignored "$word" "$(encoded "$in_dockerfile")"
  done
  # Without --force-rm the container of a step that failed stays.
  # Asking for BuildKit where buildx is missing fails; not asking where it is present may build without it.
  if [ "$in_engine" = docker ] && engine 10 buildx version >/dev/null; then
    set -- buildx build --load --progress=plain
  else
    set -- build --force-rm
  fi
  set -- "$@" --file "$build_dir/dockerfile" --tag "$in_image" --label "igor.owner=$in_owner" \
    --label "igor.project=$in_project" --label "igor.image=$in_image_hash" --label "igor.inputs=$in_image_inputs"
  build_from=$(($(wc -c <"$build_dir/log") + 1))
  build_code=0
  build_session=''
  if [ "$in_engine" = podman ] && command -v setsid >/dev/null 2>&1; then
    born $$ || born=0
    build_session=setsid build_mark=$((born * 4194304 + $$))
    run_build "$@" &
    building=$!
    wait "$building" || build_code=$?
    building=
  else
    (run_build "$@") || build_code=$?
  fi
  [ "$build_code" = 0 ] || build_failed
  # Only what stands here is an image that igor may remove once it has lost its name.
  engine 10 image inspect -f '{{.Id}}' "$in_image" >>"$root/.igor/host/images" || :
  ev built "$in_image"
}

# stop_building: podman that is ended in the middle leaves behind what a step of the dockerfile runs, and the containers
# it builds in. When the step is ended instead, it fails and takes everything away itself. That is why it has a session of
# its own, and the step is known by the limit of file locks, which goes to everything that the build starts.
stop_building() {
  build_tenths=0
  build_here=$(readlink /proc/self/ns/pid)
  while born "$building"; do
    grep -ls "^Max file locks  *$build_mark " /proc/[0-9]*/limits | while IFS=/ read -r _ _ build_process _; do
      build_there=$(readlink "/proc/$build_process/ns/pid" 2>/dev/null) || continue
      [ "$build_there" = "$build_here" ] || kill -KILL "$build_process" 2>/dev/null || :
    done
    case $build_tenths in
      20) kill -TERM "-$building" 2>/dev/null || : ;;
      60) kill -KILL "-$building" 2>/dev/null || : ;;
      80) return 0 ;;
    esac
    sleep 0.1 2>/dev/null || sleep 1
    build_tenths=$((build_tenths + 1))
  done
}

# run_build WORDS: the engine takes the values of build arguments from its environment, since arguments can be read by
# everyone. Those whose names mean something to a shell, to the engine itself or to what it starts (git, ssh, the loader)
# stay arguments. It takes the place of the shell that runs it.
run_build() {
  set -- "$in_engine" "$@"
  if [ "$build_session" ]; then
    set -- "$build_session" "$@"
    # dash calls it -w, bash and ash -x.
    # shellcheck disable=SC3045
    { ulimit -S -w "$build_mark" || ulimit -S -x "$build_mark"; } 2>/dev/null || :
  fi
  build_names=
  while IFS= read -r line; do
    [ "$line" ] || continue
    decode "$line"
    case ${decoded%%=*} in
      PATH | HOME | PWD | OLDPWD | IFS | ENV | TMPDIR | *UID | PPID | GROUPS | OPTIND | LINENO | *RANDOM | SECONDS | EPOCH* | \
        HIST* | DIRSTACK | FUNCNAME | SHELLOPTS | BASH* | DOCKER* | BUILD* | CONTAINER* | LD_* | XDG_* | GO* | SSL_* | \
        GIT* | SSH* | GCM* | PAGER | EDITOR | VISUAL | SHELL | GLIBC* | MALLOC* | GCONV* | LOCPATH | LC_* | LANG* | NLSPATH | \
        HOSTALIASES | RES_* | COMPOSE* | OTEL* | PODMAN* | STORAGE* | REGISTR* | TMP | TEMP | PYTHON* | PERL* | \
        *_[Pp][Rr][Oo][Xx][Yy] | line | decoded | build_names) set -- "$@" --build-arg "$decoded" ;;
      *)
        set -- "$@" --build-arg "${decoded%%=*}"
        build_names="$build_names
$line"
        ;;
    esac
  done <<EOF
$in_build_args
EOF
  set -- "$@" "$build_dir/context"
  while IFS= read -r line; do
    [ "$line" ] || continue
    decode "$line"
    export "${decoded?}"
  done <<EOF
$build_names
EOF
  exec "$@" 2>&1
}

# build_failed: tells why from the engine's last words. What a step of the dockerfile printed is not one of them.
build_failed() {
  tail -c "+$build_from" "$build_dir/log" | tail -n 60 >"$scratch.err"
  tail -n 60 "$scratch.err" | grep -v '^$' | tail -n 3 >"$scratch.last"
  build_step=$(tail -c "+$build_from" "$build_dir/log" | sed -n -e 's/^\(Step [0-9]*\/[0-9]* : .*\)/\1/p' -e 's/^\(\[[0-9/]*\] \)\{0,1\}STEP \([0-9]*\/[0-9]*\): \(.*\)/Step \2 : \3/p' -e 's/^ > \(\[.*\]\{0,1\} [A-Z].*\):$/\1/p' | tail -n 1 | cut -c 1-500)
  case $(cat "$scratch.last") in
    # Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
    *'ermission denied while trying to connect'* | *'Cannot connect to the Docker daemon'* | *'failed to connect to the docker API'*)
      mv "$scratch.last" "$scratch.err"
      engine_check "$build_code"
      ;;
  esac
  build_cause=''
  case $(cat "$scratch.err") in
    *[Nn]'o space left on device'*) build_cause=disk-full ;;
    *)
      # The engine's own last line: a step may say such words, too, and then the engine says that it failed.
      case $(tail -n 1 "$scratch.last") in
        # unexpected EOF; error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.41/build?...": EOF
        # ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF
        'unexpected EOF' | 'error during connect: '* | *'rpc error: code = Unavailable desc = '*) build_cause=engine-gone ;;
      esac
      [ "$build_cause" ] || case $(cat "$scratch.last") in
        # The command '/bin/sh -c false' returned a non-zero code: 1
        # ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1
        *'returned a non-zero code'* | *'did not complete successfully'*) build_cause=step ;;
        # dockerfile parse error line 3: unknown instruction: RUNN; Error response from daemon: dockerfile parse error ...
        # podman: Build error: Unknown instruction: "RUNN"
        *'parse error'* | *[Uu]'nknown instruction'* | *'no build stage in current context'* | *'failed to parse'* | *'requires at least'* | *'requires exactly'* | *'cannot be empty'* | *'Unknown flag'* | *'unknown flag'*)
          build_cause=dockerfile-syntax
          ;;
        # COPY failed: file not found in build context or excluded by .dockerignore: stat x: file does not exist
        # failed to compute cache key: ... "/x": not found; podman: checking on sources under "/d": copier: stat: "/x": no such
        *'COPY failed'* | *'checking on sources under'* | *'ADD failed'* | *'failed to compute cache key'* | *'failed to calculate checksum'* | *'no source files were specified'*)
          build_cause=missing-file
          ;;
        # pull access denied for x, repository does not exist or may require 'docker login'
        # Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host
        # manifest for python:9 not found; failed to resolve source metadata; podman: initializing source docker://x
        *'pull access denied'* | *'Get "http'* | *'manifest'*' not found'* | *'manifest unknown'* | *'failed to resolve'* | *'initializing source'* | *'did not resolve'* | *'TLS handshake'*)
          build_cause=base-image
          ;;
        *) build_cause=step ;;
      esac
      ;;
  esac
  die build-failed "$in_engine" "$build_cause" "$(encoded "$build_step")" "$(encoded "$build_dir/log")"
}
