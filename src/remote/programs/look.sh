# What igor has running on this host: the sessions of a container, its processes, and the jobs of the project.
#
# Inputs: in_engine, in_container, in_group, in_dir (the project on the host), in_look and in_kept (the programs
# look-inside and look-kept, as text).
# Writes lines for igor, see findings.ts; fields are separated by tabs and hold none.
: "${in_engine:?}" "${in_container:?}" "${in_group:?}" "${in_dir:?}" "${in_look:?}" "${in_kept:?}"
: "${absolute:=}" "${scratch:=}" "${job_state:=}"

# found KIND FIELD...
found() {
  printf found
  printf '\t%s' "$@"
  printf '\n'
}

# look_inside: the processes of the container; none when it does not run. In one that is paused nothing can be asked. Not
# in its own directory: that may have been deleted on the host.
look_inside() {
  inside_code=0
  engine 10 exec --workdir / "$in_container" sh -c "$in_look" igor-look </dev/null || inside_code=$?
  [ "$inside_code" = 0 ] || engine_check "$inside_code"
}

# look_at_session ID: `found session ID VERB FROM STATE AGE SIGNAL` when it is one of this container and has not ended,
# and `found kept ...` when the host keeps it.
look_at_session() {
  note=${TMPDIR:-/tmp}/igor-session.$1
  # shellcheck disable=SC2015
  [ -O "$note" ] && [ ! -L "$note" ] && [ ! -e "$note/outcome" ] || return 0
  { read -r verb signal from container <"$note/note" && began=$(stat -c %Y "$note/note"); } 2>/dev/null || return 0
  [ "$container" = "$in_container" ] || return 0
  state=abandoned
  if [ -L "$note/ending" ]; then
    state=ending
  elif read -r pid 2>/dev/null <"$note/pid" && kill -0 "$pid" 2>/dev/null; then
    state=waiting
    [ ! -e "$absolute/.igor/host/home/.igor-sessions/$1/leader" ] || state=running
  fi
  found session "$1" "$verb" "$from" "$state" "$(($(date +%s) - began))" "$signal"
  [ "$verb" != repl ] || sh -c "$in_kept" igor-look "$1"
}

# list_sessions: those, and `found leader ID PID MARK` for every session whose first process is known.
list_sessions() {
  for session in "${TMPDIR:-/tmp}"/igor-session.*; do
    case ${session##*/igor-session.} in *[!A-Za-z0-9]*) ;; *) look_at_session "${session##*/igor-session.}" ;; esac
  done
  for session in "$absolute"/.igor/host/home/.igor-sessions/*; do
    case ${session##*/} in *[!A-Za-z0-9]*) continue ;; esac
    { read -r pid began <"$session/leader"; } 2>/dev/null || continue
    case $pid$began in '' | *[!0-9]*) continue ;; esac
    found leader "${session##*/}" "$pid" "$((began * 4194304 + pid))"
  done
}

# list_jobs: `found job ID VERB GROUP STATE RC LOG` for each, the oldest first.
list_jobs() {
  this_machine
  for job in "$absolute"/.igor/host/jobs/*; do
    { read -r verb group _ <"$job/what"; } 2>/dev/null || continue
    job_state "$job"
    rc=-
    [ ! -e "$job/rc" ] || read -r rc <"$job/rc"
    found job "${job##*/}" "$verb" "$group" "$job_state" "$rc" "$job/log"
  done
}
