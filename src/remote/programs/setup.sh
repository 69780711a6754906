# Brings project, image and container on this host to what was asked for.
#
# Inputs and events: those of push, image, container and job. When nothing has to be done for image and container, one
# command of the engine has told so, asked while the tree was being looked at. Else the rest is a job: `job ID NONCE`; who
# follows that releases the session that waits.
scratch=${D-}/${I-}.engine

# needs: sets $work when image or container are not what was asked for.
needs() {
  work=
  container_code=0
  wait "$asked" || container_code=$?
  read_container "$container_code"
  decide_container
  missing_ports
  if [ "$action" = keep ]; then
    ev image-up-to-date
    ev container-kept
  else
    work=1
  fi
}

start_setup() {
  look_at_image
  case $action in replace) refuse_in_use "$in_container" ;; esac
  [ "${lock-}" ] || lock_tree
  if find_job; then return 0; fi
  if [ "$image_because" ] && [ "$in_context_missing" ]; then
    ev context-needed
    return 0
  fi
  new_job
  [ -z "$image_because" ] || snapshot_context "$job"
  start_job
}

if [ "${1-}" = job ]; then
  be_job "$2"
  look_at_image
  if [ -z "$image_because" ]; then ev image-up-to-date; else build_image "$job"; fi
  bring_container
else
  command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
  ask_container "$in_container" &
  asked=$!
  open_target
  push_tree
  if [ "$pushed" ]; then
    needs
    if [ "$work" ]; then start_setup; else release; fi
  fi
fi
