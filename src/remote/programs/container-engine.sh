# The container engine of the host (docker or podman): commands that cannot hang, and errors igor has a text for.
# Inputs: in_engine. $scratch is set by the program: where temporary files go, as the beginning of their names.
: "${in_engine:?}" "${scratch:=}"

# engine SECONDS WORDS: one command of the engine, ended when it takes longer; its stderr goes to $scratch.err.
# A frozen daemon never answers, so no command but a build goes without a limit. With $engine_together the limit leaves
# the command in the process group of the program, so that what ends the one ends the other.
engine() {
  engine_seconds=$1
  shift
  if command -v timeout >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    timeout ${engine_together-} "$engine_seconds" "$in_engine" "$@" 2>"$scratch.err"
    return
  fi
  "$in_engine" "$@" 2>"$scratch.err" &
  engine_pid=$!
  (
    sleep "$engine_seconds"
    kill "$engine_pid"
  ) >/dev/null 2>&1 3>&- &
  engine_watch=$!
  engine_code=0
  wait "$engine_pid" || engine_code=$?
  kill "$engine_watch" 2>/dev/null || :
  return "$engine_code"
}

# engine_check CODE: ends the program when the engine itself is what failed; returns when it answered.
engine_check() {
  command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
  engine_cause=
  case $1 in
    124 | 137 | 143) engine_cause=not-answering ;;
    *)
      case $(cat "$scratch.err") in
        # Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
        *'ermission denied while trying to connect'*) engine_cause=no-rights ;;
        # Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
        # failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct
        *'Cannot connect to the Docker daemon'* | *'failed to connect to the docker API'*) engine_cause=stopped ;;
      esac
      ;;
  esac
  [ "$engine_cause" ] || return 0
  cat "$scratch.err" >&2
  die engine-unavailable "$in_engine" "$engine_cause"
}

# engine_failed CODE STEP: an engine command failed for a reason of its own.
engine_failed() {
  engine_check "$1"
  cat "$scratch.err" >&2
  die step-failed "$(encoded "$2")" "$1"
}
