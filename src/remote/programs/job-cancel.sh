# Ends a job, at once and whole: what it builds stops, the container that was there before runs on.
# Inputs: in_dir (the project on the host), in_job (id). Events: `job-stopped ID` when it was running.
: "${in_dir:?}" "${in_job:?}" "${absolute:=}" "${job_state:=}"

absolute "$in_dir"
cd "$absolute/.igor/host/jobs/$in_job" 2>/dev/null || exit 0
this_machine
job_state .
if [ "$job_state" = running ]; then
  stop_job .
  ev job-stopped "$in_job"
fi
