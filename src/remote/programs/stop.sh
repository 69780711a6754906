# Ends what igor runs on this host for a project and group: sessions, processes in the container, jobs.
#
# Inputs: those of look, and in_ids (words: a session or the begin of its id, a process in the container, a job; empty: all
#         sessions), in_all (1: the jobs, too), in_must (1: each id means something here), in_kill and in_end (the
#         programs exec-kill and exec-end, as text).
# Events: `stopped session|process ID PID AGE COMMAND` (- where it is not known), `job-stopped ID`, `not-here ID`,
#         `nothing-to-stop`.
# Guarantees: TERM (HUP where it had a terminal), and KILL after some seconds; an id that means more than one thing, or
#         with in_must nothing, ends nothing at all; the container stays.
: "${in_engine:?}" "${in_container:?}" "${in_group:?}" "${in_dir:?}" "${in_ids=}" "${in_all=}" "${in_must=}"
: "${in_kill:?}" "${in_end:?}" "${absolute:=}" "${job_state:=}"
scratch=${D-}/${I-}.engine
tab=$(printf '\t')
in_grace=5

# known_sessions: lines `ID SIGNAL [kept]`: those of the container that nobody ends yet, and those of which it has processes, whose
# environment may say anything.
known_sessions() {
  while IFS=$tab read -r _ kind id _ _ state _ signal; do
    [ "$kind" != session ] || [ "$state" = ending ] || echo "$id $signal"
  done <"$scratch.sessions"
  while IFS=$tab read -r _ kind id _; do
    [ "$kind" != kept ] || echo "$id HUP kept"
  done <"$scratch.inside"
  while IFS=$tab read -r _ kind id _ mark; do
    [ "$kind" = leader ] || continue
    ! grep -q "^found${tab}process${tab}.*${tab}$mark$tab" "$scratch.inside" || echo "$id TERM"
  done <"$scratch.sessions"
  while IFS=$tab read -r _ kind _ _ _ _ _ _ id _; do
    case $kind/$id in process/*[!A-Za-z0-9]*) ;; process/*) echo "$id TERM" ;; esac
  done <"$scratch.inside"
}

# about PID: sets $about to `PID AGE COMMAND` as events have it.
about() {
  about='- - -'
  while IFS=$tab read -r _ kind pid _ _ _ age _ _ _ command; do
    [ "$kind $pid" != "process $1" ] || about="$pid $age $(encoded "$command")"
  done <"$scratch.inside"
}

# about_session ID: the same of its first process.
about_session() {
  leader=
  while IFS=$tab read -r _ kind id pid _; do
    [ "$kind $id" != "leader $1" ] || leader=$pid
  done <"$scratch.sessions"
  about "$leader"
}

# meant ID: a line for what it means: `session ID`, `process PID`, `job ID`.
meant() {
  case $1 in
    *[!0-9]* | ????????*)
      while read -r id _; do
        case $id in "$1"*) echo "session $id" ;; esac
      done <"$scratch.known"
      while IFS=$tab read -r _ _ id _ group state _; do
        case $group/$state/$id in "$in_group/running/$1"*) echo "job $id" ;; esac
      done <"$scratch.jobs"
      ;;
    *)
      while IFS=$tab read -r _ kind id _; do
        [ "$kind $id" != "process $1" ] || echo "process $id"
      done <"$scratch.inside"
      ;;
  esac
}

# find_targets: $scratch.targets has a line for each thing to end.
find_targets() {
  : >"$scratch.targets"
  if [ -z "$in_ids" ]; then
    while read -r id _; do echo "session $id"; done <"$scratch.known" >"$scratch.targets"
    [ "$in_all" ] || return 0
    while IFS=$tab read -r _ _ id _ group state _; do
      [ "$group/$state" != "$in_group/running" ] || echo "job $id"
    done <"$scratch.jobs" >>"$scratch.targets"
    return 0
  fi
  for wanted in $in_ids; do
    meant "$wanted" >"$scratch.meant"
    case $(($(wc -l <"$scratch.meant"))) in
      0)
        [ -z "$in_must" ] || die unknown-id "$wanted"
        ev not-here "$wanted"
        ;;
      1) cat "$scratch.meant" >>"$scratch.targets" ;;
      *) die ambiguous-id "$wanted" "$(encoded "$(sed 's/^[a-z]* //' "$scratch.meant")")" ;;
    esac
  done
}

# end_session ID: with everything that it started, as if its igor had gone.
end_session() {
  signal=TERM kept='' in_outcome=''
  while read -r id other kept; do
    [ "$id" != "$1" ] || { signal=$other && break; }
  done <"$scratch.known"
  # Nobody waits on the host for its end.
  [ -z "$kept" ] || in_outcome='rc 0'
  in_session=$1 in_root=$in_dir in_signal=$signal
  export in_outcome in_session in_root in_engine in_container in_signal in_grace in_kill in_end
  # Where another one ends it at the same time, its files may go from under this one: the second time, all is told.
  for try in 1 2; do
    left=0
    /bin/sh -c "$in_kill" igor-kill "$signal" </dev/null >/dev/null 2>&1 3>&- || left=$?
    case $left in 0) return 0 ;; 3) return 1 ;; esac
  done
  return 1
}

# end_process PID: with everything that it started.
end_process() {
  left=0
  end_inside "$1" || left=$?
  case $left in
    # Of another user: root with all capabilities may, where that is allowed.
    3 | 4)
      seen=$left left=0
      end_inside "$1" --privileged -u 0 || left=$?
      case $left in 0 | 3) ;; *) left=$seen ;; esac
      ;;
  esac
  case $left in 0 | 4) ;; *) return 1 ;; esac
}

end_inside() {
  inside=$1
  shift
  engine 25 exec --workdir / "$@" "$in_container" sh -c "$in_end" igor-end '' '' TERM "$in_grace" "$inside" </dev/null >/dev/null
}

# end_target KIND ID: and tells so.
end_target() {
  case $1 in
    session)
      about_session "$2"
      end_session "$2" || return 1
      ev stopped session "$2" "$about"
      ;;
    process)
      about "$2"
      end_process "$2" || return 1
      ev stopped process "$2" "$about"
      ;;
    job)
      stop_job "$absolute/.igor/host/jobs/$2"
      ev job-stopped "$2"
      ;;
  esac
}

# is_paused: nothing hears a signal there, and nothing can be asked.
is_paused() {
  [ "$inside_code" != 0 ] && [ "$(engine 10 container inspect -f '{{.State.Status}}' "$in_container")" = paused ]
}

command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
absolute "$in_dir"
look_inside >"$scratch.inside"
list_sessions >"$scratch.sessions"
grep "^found${tab}leader$tab" "$scratch.inside" >>"$scratch.sessions" || :
list_jobs >"$scratch.jobs"
known_sessions | awk '!seen[$1]++' >"$scratch.known"
if [ -s "$scratch.known" ] || [ "$in_ids" ]; then
  ! is_paused || die container-paused "$in_engine" "$in_container"
fi
find_targets
[ -s "$scratch.targets" ] || ev nothing-to-stop
# Side by side: each may take all the time that it is given.
: >"$scratch.left"
while read -r kind id; do
  { end_target "$kind" "$id" || echo "$id" >>"$scratch.left"; } &
done <"$scratch.targets"
wait
# shellcheck disable=SC2046
[ ! -s "$scratch.left" ] || die still-running $(cat "$scratch.left")
