# Jobs of this project on this host, as directories $root/.igor/host/jobs/<id>/ with program, log, nonce, what (see job.sh),
# pid (its owner line: pid, start time, boot, host) and, once it has ended, rc.
: "${root:=}" "${lock_host:=}" "${lock_boot:=}"

# job_state DIR: sets $job_state: running, ended, lost (no result and no process), or elsewhere (another host's, shared home).
job_state() {
  job_line=
  read -r job_line 2>/dev/null <"$1/pid" || :
  job_state=lost
  case $job_line in
    '') ;;
    *" $lock_host") stale "$job_line" || job_state=running ;;
    *) job_state=elsewhere ;;
  esac
  # The result is looked for last: a job writes it before it goes.
  [ ! -e "$1/rc" ] || job_state=ended
}

# clear_job DIR: removes what nothing needs when a job has ended, by itself or killed; what is secret in it too.
clear_job() { rm -rf "$1/context" "$1/program" "$1"/scratch*; }

# stop_job DIR: ends a running job with everything it started; an image build stops, the old container runs on.
stop_job() {
  this_machine
  job_state "$1"
  [ "$job_state" = running ] || return 0
  job_pid=${job_line%% *}
  kill -TERM "-$job_pid" 2>/dev/null || kill -TERM "$job_pid" 2>/dev/null || :
  tenths=150
  while [ "$tenths" -gt 0 ]; do
    job_state "$1"
    [ "$job_state" = running ] || break
    sleep 0.1 2>/dev/null || { sleep 1 && tenths=$((tenths - 9)); }
    tenths=$((tenths - 1))
  done
  kill -KILL "-$job_pid" 2>/dev/null || kill -KILL "$job_pid" 2>/dev/null || :
  [ ! -e "$1/rc" ] || return 0
  clear_job "$1"
  echo 137 >"$1/rc.new" && mv -f "$1/rc.new" "$1/rc"
}
