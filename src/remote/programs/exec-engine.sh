# What sessions ask the container engine of the host. Inputs: in_engine, in_container, in_root, in_workspace.

# limited SECONDS WORDS: a command that may never end by itself, e.g. of an engine that is stuck; 124 when it did not.
limited() {
  limit=$1
  shift
  if command -v timeout >/dev/null 2>&1; then timeout "$limit" "$@"; else "$@"; fi
}

# answers: whatever it has to say, the engine says it within five seconds.
answers() {
  command -v timeout >/dev/null 2>&1 || return 0
  answer=0
  limited 5 "$in_engine" container inspect -f . "$in_container" >/dev/null 2>&1 || answer=$?
  case $answer in 124 | 137 | 143) return 1 ;; esac
}

# why_not: sets $why to what keeps commands from running there, as outcomes have it; empty when that is not known.
why_not() {
  why=
  command -v "$in_engine" >/dev/null 2>&1 || { why='engine-unavailable missing' && return 0; }
  state=$(limited 10 "$in_engine" container inspect -f \
    '{{.State.Status}} {{.State.Pid}} {{index .Config.Labels "igor.owner"}} {{index .Config.Labels "igor.directory"}}' "$in_container" 2>&1) || :
  case $state in
    'running '*)
      absolute "$in_root"
      # shellcheck disable=SC2086
      set -- $state
      # One that igor did not make may have anything there.
      if [ "${3-}" ] && sees_other "$2" "$absolute" "${4-}"; then why='no-container other-directory'; fi
      ;;
    'paused '*) why='no-container paused' ;;
    'created '* | 'configured '* | 'initialized '* | 'exited '* | 'stopped '* | 'stopping '* | 'dead '* | 'removing '* | \
      'restarting '*) why='no-container stopped' ;;
    # Error: No such container: demo / Error: inspecting object: no such container "demo"
    *[Nn]'o such container'*) why='no-container missing' ;;
    # permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
    *'ermission denied'*) why='engine-unavailable no-rights' ;;
    # Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
    # failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct
    *'annot connect'* | *'failed to connect'*) why='engine-unavailable stopped' ;;
  esac
}
