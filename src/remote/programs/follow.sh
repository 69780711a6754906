# Streams the log of a job from a byte on, until the job ends. Runs in a session of its own, without the host shell.
#
# Inputs: in_dir (the project on the host), in_job (id), in_from (bytes that igor has already), in_now (1: only what is
# there now).
# Out: the bytes of the log on stdout; at the end `END RC SIZE` on stderr, RC `lost` when the job died without a result,
# `gone` when there is no such job, `running` when it goes on.
# Guarantees: every byte once and in order, so that bytes received + in_from is where to go on after a cut; ends within
# a second when the session it serves is dead, and leaves no process behind.
: "${in_dir:?}" "${in_job:?}" "${in_from:?}" "${in_now=}" "${absolute:=}" "${job_state:=}"

trap 'exit 1' PIPE
absolute "$in_dir"
if ! cd "$absolute/.igor/host/jobs/$in_job" 2>/dev/null; then
  echo "END gone 0" >&2
  exit 0
fi
this_machine
from=$in_from
while :; do
  job_state .
  size=$(($(wc -c <log)))
  if [ "$size" -gt "$from" ]; then
    tail -c "+$((from + 1))" log 2>/dev/null | head -c "$((size - from))" || exit 1
    from=$size
  elif [ "$job_state" = ended ] || [ "$job_state" = lost ] || [ "$in_now" ]; then
    break
  fi
  kill -0 "$PPID" 2>/dev/null || [ -d "/proc/$PPID" ] || exit 1
  [ "$job_state" = ended ] || sleep 0.2 2>/dev/null || sleep 1
done
case $job_state in
  ended) rc=$(cat rc) ;;
  lost) rc=lost ;;
  *) rc=running ;;
esac
echo "END $rc $from" >&2
