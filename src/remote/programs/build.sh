# Brings project and image on this host to what was asked for; the container stays as it is.
#
# Inputs and events: those of push, image and job.
scratch=${D-}/${I-}.engine

if [ "${1-}" = job ]; then
  be_job "$2"
  look_at_image
  if [ -z "$image_because" ]; then ev image-up-to-date; else build_image "$job"; fi
else
  command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
  open_target
  push_tree
  if [ "$pushed" ]; then
    look_at_image
    if [ -z "$image_because" ]; then
      ev image-up-to-date
    else
      [ "${lock-}" ] || lock_tree
      if find_job; then
        :
      elif [ "$in_context_missing" ]; then
        ev context-needed
      else
        new_job
        snapshot_context "$job"
        start_job
      fi
    fi
  fi
fi
