# Finds the log that a user wants to read: of the job of this group that runs, else of the last one.
#
# Inputs: in_dir (the project on the host), in_group.
# Events: `log-of ID VERB STATE RC NONCE NOW` (NOW in seconds of the epoch), or `no-log`.
: "${in_dir:?}" "${in_group:?}" "${absolute:=}" "${job_state:=}"

absolute "$in_dir"
this_machine
last=
for job in "$absolute"/.igor/host/jobs/*; do
  { read -r verb group _ <"$job/what"; } 2>/dev/null || continue
  [ "$group" = "$in_group" ] || continue
  job_state "$job"
  rc=-
  [ ! -e "$job/rc" ] || read -r rc <"$job/rc"
  { read -r nonce <"$job/nonce"; } 2>/dev/null || continue
  last="${job##*/} $verb $job_state $rc $nonce"
  [ "$job_state" != running ] || break
done
# shellcheck disable=SC2086
if [ "$last" ]; then ev log-of $last "$(date +%s)"; else ev no-log; fi
