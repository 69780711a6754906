# A job: the rest of this program, detached from the link, with what it prints and says in one file.
#
# Inputs: in_job_kind (setup or build), in_group, in_image_hash, in_config_hash.
# Events: `job ID NONCE` (started), `job-running ID NONCE same|other` (one runs already; same: it makes what is asked for).
# In the log, the events of the job are lines `NONCE ev WORDS`, each after a line break of its own that is no output.
# Guarantees: one job at a time for a group; the result is in `rc` whole, or not at all; TERM to the group ends it, with
# the container that was there before running again. The last 5 ended jobs stay.
: "${in_job_kind:?}" "${in_group:?}" "${in_image_hash:?}" "${in_config_hash:=-}" "${root:=}" "${job_state:=}" "${scratch:=}"
: "${lock_boot:=}" "${lock_host:=}"

# find_job: succeeds when a job of this group runs, and says so.
find_job() {
  this_machine
  for found in .igor/host/jobs/*; do
    [ -e "$found/what" ] || continue
    read -r kind group image config <"$found/what"
    [ "$group" = "$in_group" ] || continue
    job_state "$found"
    [ "$job_state" = running ] || continue
    same=other
    if [ "$image" = "$in_image_hash" ]; then
      case $kind.$in_job_kind in
        *.build) same=same ;;
        setup.setup) [ "$config" != "$in_config_hash" ] || same=same ;;
      esac
    fi
    read -r nonce <"$found/nonce"
    ev job-running "${found##*/}" "$nonce" "$same"
    return 0
  done
  return 1
}

# new_job: sets $job, the directory of a new job.
new_job() {
  sweep_jobs
  job=$root/.igor/host/jobs/$(date -u +%Y%m%d-%H%M%S)-$$
  (umask 077 && mkdir -p "$job" && : >"$job/log") || die not-writable "$(encoded "$root/.igor/host")"
}

# start_job: runs this program again, as `job DIR`, in a session of its own. Returns when it has a pid.
start_job() {
  nonce=$(od -An -N 12 -tx1 /dev/urandom | tr -d ' \n')
  (
    umask 077
    cp "$0" "$job/program"
    echo "$nonce" >"$job/nonce"
    echo "$in_job_kind $in_group $in_image_hash $in_config_hash" >"$job/what"
  )
  # From here on there is a job: igor hears of it before a signal ends us, since it would run on unknown.
  early=
  trap 'early=1' HUP INT TERM
  (
    trap '' HUP
    set -- /bin/sh "$job/program" job "$job"
    ! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
    exec "$@" </dev/null >>"$job/log" 2>&1 3>&-
  ) &
  tenths=500
  until [ -s "$job/pid" ] || [ "$tenths" = 0 ] || ! kill -0 $! 2>/dev/null; do
    sleep 0.02 2>/dev/null || sleep 1
    tenths=$((tenths - 1))
  done
  ev job "${job##*/}" "$nonce"
  trap 'exit 143' HUP INT TERM
  [ -z "$early" ] || exit 143
}

# sweep_jobs: what nobody will ask for again. Names sort by time.
sweep_jobs() {
  this_machine
  set --
  for found in .igor/host/jobs/*; do
    [ -d "$found" ] || continue
    job_state "$found"
    case $job_state in running | elsewhere) ;; *) set -- "$@" "$found" ;; esac
    [ "$job_state" != lost ] || clear_job "$found"
  done
  while [ $# -gt 4 ]; do
    rm -rf "$1"
    shift
  done
}

# be_job DIR: this process is the job. From here on events go to the log.
be_job() {
  job=$1
  # It holds values of the container's variables; this shell has it open, and nobody needs it any more.
  rm -f "$job/program"
  root=${job%/.igor/host/jobs/*}
  scratch=$job/scratch
  cd "$root" || exit 1
  read -r nonce <"$job/nonce"
  exec 3>>"$job/log"
  # shellcheck disable=SC2317
  ev() { printf '\n%s ev %s\n' "$nonce" "$*" >&3; }
  trap 'end_job $?' EXIT
  trap 'exit 143' TERM INT
  # The timeout of GNU makes a group of its own unless it is told not to; that of busybox never does, and knows no such word.
  ! timeout --foreground 1 true 2>/dev/null || engine_together=--foreground
  this_machine
  born $$ || born=-
  echo "$$ ${born:--} $lock_boot $lock_host" >"$job/pid.new"
  mv -f "$job/pid.new" "$job/pid"
}

# end_job CODE: nothing half done, nothing secret, and the result last.
end_job() {
  trap '' TERM INT
  set +e
  [ -z "${building-}" ] || stop_building
  if [ "${replacing-}" ]; then
    # The engine may still be at what it was asked for last.
    sleep 1
    back_to_previous
  fi
  clear_job "$job"
  echo "$1" >"$job/rc.new"
  mv -f "$job/rc.new" "$job/rc"
}
