# The way from the container that is there to the one that is asked for, and back when that one does not start.
# Inputs: see container.sh.
: "${in_container:?}" "${scratch:=}" "${status:=}" "${action:=}" "${because:=}"

# not_made CAUSE [DETAIL]: back to how it was, and the failure. $scratch.err holds the engine's words.
not_made() {
  [ ! -e "$scratch.err" ] || cat "$scratch.err" >&2
  back_to_previous
  die container-not-started "$in_container" "$1" "$previous" ${2+"$2"}
}

# back_to_previous: the container that was there before takes its place again. Sets $previous.
back_to_previous() {
  rm -f "$scratch.env"
  previous=none
  if [ -z "${replacing-}" ]; then
    [ "$status" != running ] || previous=running-again
    return 0
  fi
  remove_new
  if [ "$replacing" = new ]; then
    replacing=
    return 0
  fi
  engine 30 rename "$in_container.previous" "$in_container" || previous=lost
  if [ "$replacing" = running ] && [ "$previous" = none ]; then
    previous=running-again
    engine 60 start "$in_container" >/dev/null || previous=lost
  fi
  replacing=
}

# heal_container: a run of igor that was killed in the middle left the old container aside.
heal_container() {
  look_at_container "$in_container.previous"
  [ "$status" != missing ] && container_is_ours || return 0
  look_at_container "$in_container"
  [ "$status" = missing ] || container_is_ours || return 0
  if [ "$status" = exited ] || [ "$status" = stopped ]; then
    # It ran, and may hold what its user left there.
    engine 60 start "$in_container" >/dev/null || :
    look_at_container "$in_container"
  fi
  case $status in
    running | paused) engine 30 rm -f "$in_container.previous" >/dev/null || : ;;
    *)
      [ "$status" = missing ] || engine 30 rm -f "$in_container" >/dev/null || :
      if engine 30 rename "$in_container.previous" "$in_container"; then
        engine 60 start "$in_container" >/dev/null || :
      fi
      ;;
  esac
}

# bring_container: the container is right when this returns.
bring_container() {
  heal_container
  look_at_container "$in_container"
  decide_container
  missing_ports
  if [ "$action" = start ]; then
    if { [ "$status" != paused ] || engine 60 unpause "$in_container" >/dev/null; } &&
      { [ "$status" = paused ] || engine 60 start "$in_container" >/dev/null; }; then
      ev container-started "$because"
      return 0
    fi
    action=replace
  fi
  if [ "$action" = keep ]; then
    ev container-kept
    return 0
  fi
  refuse_in_use "$in_container"
  own_login
  : >"$scratch.err"
  check_mounts
  find_means
  : >"$scratch.err"
  if [ "$action" = replace ]; then
    engine 30 rename "$in_container" "$in_container.previous" || not_made other
    replacing=stopped
    case $status in running | paused) replacing=running ;; esac
    # What was started since: nobody finds it by its name now.
    refuse_in_use "$in_container.previous"
    engine 30 stop --time 3 "$in_container.previous" >/dev/null || :
  else
    replacing=new
  fi
  make_container
  # The new one stays, whatever ends us from here on; an old one that is left is removed by the next run.
  replacing=
  [ "$action" != replace ] || engine 30 rm -f "$in_container.previous" >/dev/null || :
  # shellcheck disable=SC2086
  if [ "$action" = replace ]; then ev container-replaced $because; else ev container-started $because; fi
}
