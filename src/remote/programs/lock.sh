# One igor at a time in the tree of a project.
# lock_tree waits for the lock $root/.igor/host/lock (in_patience seconds at most, then `die locked`); unlock_tree frees it,
# and removes $lock_with, if anything. Each process that is started here costs a save in an editor some 2 ms.
# The lock is a file with its owner inside, made by ln, so it exists only whole. It survives a crash of its owner:
# a lock whose process is gone (other boot, no such pid, or the pid began at another time) is taken over.
: "${in_patience:=30}" "${root=}" "${lock_with=}"

# born PID: sets $born, the start time of a process as the kernel tells it, or nothing.
born() {
  born=
  read -r born 2>/dev/null <"/proc/$1/stat" || { born=; return 1; }
  # shellcheck disable=SC2086
  set -- ${born##*) }
  # Ended, but its parent has not noticed.
  case $1 in [ZX]) born=; return 1 ;; esac
  shift 19
  born=$1
}

# stale LINE: the owner written in a lock is certainly gone. Another host's lock (shared home) is never stale.
stale() {
  # shellcheck disable=SC2086
  set -- $1
  # Locks appear whole: one without an owner was emptied by a crash of the machine.
  [ $# -gt 0 ] || return 0
  [ "${4-}" = "$lock_host" ] || return 1
  [ "${3-}" = "$lock_boot" ] || return 0
  if [ -r /proc/self/stat ]; then
    born "$1" || return 0
    [ "$born" != "$2" ]
  else
    if kill -0 "$1" 2>/dev/null; then return 1; fi
  fi
}

# is_empty FILE: it is there and holds nothing; one that is gone in this moment is not meant.
is_empty() { [ "$(($(wc -c 2>/dev/null <"$1" || echo 1)))" -eq 0 ]; }

lock_tree() {
  lock=$root/.igor/host/lock
  this_machine
  born $$ || born=-
  lock_mine="$$ ${born:--} $lock_boot $lock_host"
  # Under a name that nobody had before: what is written to it must never be seen through an old link.
  lock_own=$lock.$lock_host.$N.$I.$$
  echo "$lock_mine" >"$lock_own" || die not-writable "$(encoded "$root/.igor/host")"
  lock_waited=0 lock_misses=0
  until ln "$lock_own" "$lock" 2>/dev/null; do
    lock_line=
    if ! read -r lock_line 2>/dev/null <"$lock" && [ ! -e "$lock" ]; then
      # Freed in this moment; or nothing can be linked here at all.
      lock_misses=$((lock_misses + 1))
      [ "$lock_misses" -lt 1000 ] || { ln "$lock_own" "$lock" || die not-writable "$(encoded "$lock")"; break; }
      continue
    fi
    lock_misses=0
    if stale "$lock_line"; then
      # Taken over under a second lock, so that two who see the same stale lock cannot remove a fresh one.
      if ln "$lock_own" "$lock.taking" 2>/dev/null; then
        lock_again=
        read -r lock_again 2>/dev/null <"$lock" || :
        if [ "$lock_line" ]; then
          [ "$lock_again" != "$lock_line" ] || rm -f "$lock"
        elif is_empty "$lock"; then
          rm -f "$lock"
        fi
        rm -f "$lock.taking"
      else
        lock_taker=
        read -r lock_taker 2>/dev/null <"$lock.taking" || :
        if [ "$lock_taker" ]; then
          ! stale "$lock_taker" || rm -f "$lock.taking"
        elif is_empty "$lock.taking"; then
          rm -f "$lock.taking"
        fi
      fi
      continue
    fi
    if [ "$lock_waited" -ge $((in_patience * 10)) ]; then
      rm -f "$lock_own"
      die locked "$(encoded "process ${lock_line%% *} on ${lock_line##* }")"
    fi
    [ "$lock_waited" -ne 10 ] || ev waiting "$(encoded "another igor (process ${lock_line%% *}) is writing to this directory")"
    lock_waited=$((lock_waited + 1))
    sleep 0.1 2>/dev/null || { sleep 1; lock_waited=$((lock_waited + 9)); }
  done
  for lock_left in "$lock.$lock_host".*; do
    kill -0 "${lock_left##*.}" 2>/dev/null || rm -f "$lock_left"
  done
  trap unlock_tree EXIT
  trap 'exit 143' TERM HUP INT
}

unlock_tree() {
  trap - EXIT
  # What stays, e.g. on a network's file system, is stale; the program went as it went.
  rm -rf "$lock" "$lock_own" ${lock_with:+"$lock_with"} || :
  lock=
}
