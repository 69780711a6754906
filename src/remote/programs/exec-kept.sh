# exec-kept: stands before exec where the host keeps a REPL: nobody asks how it ended, so the holder is told.
#
# In    IGOR_PLACE   the directory of the holder
# Out   $IGOR_PLACE/outcome: a frame as repl-hold has it, kind and text with a blank between
# Guarantees: only what has not started leaves a note, as after exec; who stops the container is not taken for the REPL.

# start_of PID: when it began, in the kernel's ticks.
start_of() {
  read -r stat <"/proc/$1/stat"
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20}"
}

# is_restarted: the container began after we did.
is_restarted() {
  first=$(limited 10 "$in_engine" container inspect -f '{{.State.Pid}}' "$in_container") &&
    [ "$(start_of "$first")" -gt "$(start_of $$)" ]
} 2>/dev/null

# tell CODE
tell() {
  word="E $1"
  case $in_outcome in
    'rc '*)
      rm -f "$mine/outcome"
      if [ "$in_outcome" = 'rc 137 oom' ]; then
        word='E 137 oom'
      elif [ "$in_outcome" != "rc $1" ]; then
        # Ended from outside.
        word='X stopped'
      elif [ "$1" != 0 ]; then
        why_not
        if [ "$why" ]; then word="E 125 $why"; elif [ "$1" = 137 ] && is_restarted; then word='X gone'; fi
      fi
      ;;
    ?*)
      word="E 125 $in_outcome
$(cat "$mine/words" 2>/dev/null)"
      case $in_outcome in no-* | engine-*) rm -rf "$mine" ;; esac
      ;;
  esac
  printf '%s\n' "$word" >"$IGOR_PLACE/outcome"
}
trap 'tell $?' EXIT
