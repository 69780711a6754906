# exec: one command in the container, with the streams of this very ssh session as its own.
#
# In    the inputs of exec-session, and
#       in_directory  where the command starts, absolute in the container
#       in_tty        1: the streams are one terminal; empty: stdin, stdout and stderr, byte by byte
#       in_term, in_colorterm   as the user's terminal has them; with a terminal only
#       in_words      the command, as words quoted for sh
#       in_wrapper    the program exec-words, as text
#       in_lease      seconds that the session may live without a guard; empty: it needs none
#       in_verb, in_from   for those who look: exec or repl, and the laptop, as a word
#       in_waits      1: the command waits until what the same igor brings is there: files, container; then $mine/released is
# Out   the command's own bytes and exit code; 125 when it was ended from outside, when it could not be started, and when
#       container or engine went away under it, then $mine/outcome says why:
#         rc N [oom] | no-container missing|stopped|paused|other-directory | no-directory | engine-unavailable missing|no-rights|stopped | not-started N
#       and $mine/words has what the engine said.
# Guarantees: nothing of the engine's own messages reaches the streams; words arrive as given; a kill that came first
#       wins; what the command leaves behind in the container is ended.
: "${in_waits=}" "${in_verb=}" "${in_from=}" "${in_lease=}"
trap : HUP INT TERM

# finish OUTCOME CODE. The end of a terminal's session must not reach what sweeps up before that is out of its reach.
finish() {
  trap '' HUP INT TERM
  in_outcome=$1
  printf '%s\n' "$in_outcome" >"$mine/outcome"
  # Where the engine or the container is not there, nothing can have begun.
  case $1 in
    no-* | engine-*) rm -rf "$shared" ;;
    *) detach "$in_signal" ;;
  esac
  exit "$2"
}

# diagnose CODE: the command never ran: why?
diagnose() {
  why_not
  [ -z "$why" ] || finish "$why" 125
  [ ! -e "$shared/no-directory" ] || finish 'no-directory' 125
  [ ! -d "$shared" ] || finish "not-started $1" 125
  # Not a container that igor made: whether the command began cannot be told.
  [ ! -s "$mine/words" ] || cat "$mine/words" >&2 || :
}

# oom: whether Linux has killed something in the container for want of memory since the command began.
oom() {
  [ -f "$shared/oom" ] && before=$(limited 2 head -c 20 "$shared/oom") || return 1
  now=$(limited 5 "$in_engine" exec "$in_container" cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control) || :
  now=$(echo "$now" | sed -n 's/^oom_kill //p' | tail -n 1)
  case $now,$before in *[!0-9,]* | ,* | *,) return 1 ;; esac
  # Less than before: another container has taken its name.
  [ "$now" -gt "$before" ]
} 2>/dev/null

# is_gone: what the command ran in is there no more, and its exit code was the engine's: sets $why.
is_gone() {
  why_not
  case $why in 'no-container stopped' | 'no-container missing' | engine-*) ;; *) return 1 ;; esac
}

# finish_gone: igor hears why. A daemon that died may have left the command behind, and come back to it.
finish_gone() {
  trap '' HUP INT TERM
  printf '%s\n' "$why" >"$mine/outcome"
  in_outcome="rc $code"
  detach "$in_signal"
  in_outcome=$why
  exit 125
}

# relay: stderr passes when the command has begun; what comes before is the engine's and is kept.
relay() {
  while dd bs=65536 count=1 of="$mine/first" 2>/dev/null && [ -s "$mine/first" ]; do
    if [ -e "$shared/leader" ]; then
      cat "$mine/first" - >&2
      return
    fi
    cat "$mine/first" >>"$mine/words"
  done
}

open_mine
# Of two attempts the first begins: the other came late, over a connection that was given up.
(set -C && echo $$ >"$mine/pid") 2>/dev/null || exit 125
echo "${in_verb:-unknown} $in_signal ${in_from:--} $in_container" >"$mine/note"
trap '' HUP INT TERM
[ -e "$mine/guarded" ] || [ -z "$in_lease" ] || detach "$in_signal" "$in_lease"
trap : HUP INT TERM

turns=0
while [ "$in_waits" ] && [ ! -e "$mine/released" ]; do
  # What it waits for failed, or nobody is there any more.
  [ ! -e "$mine/stop" ] || finish 'rc 143' 143
  # A push is there at once; an image may take minutes.
  turns=$((turns + 1))
  if [ "$turns" -gt 500 ]; then sleep 0.5 2>/dev/null || sleep 1; else sleep 0.02 2>/dev/null || sleep 1; fi
done

open_shared
if [ -e "$shared/stop" ] || [ -e "$mine/stop" ]; then finish 'rc 143' 143; fi
# The tree was made after the container, or the container is not igor's.
if [ ! -d "$home" ]; then
  why_not
  # Where the engine had nothing to complain of, it said how the container is.
  case $why in *missing | engine-*) [ -z "${state-}" ] || printf '%s\n' "$state" >"$mine/words" ;; esac
  [ -z "$why" ] || finish "$why" 125
fi
set -- -e "IGOR_SESSION=$in_session"
size=
if [ "$in_tty" ]; then
  size=$(stty size 2>/dev/null) || size=
  # Docker keeps back the first key of this sequence to see what follows; its own is Ctrl-P.
  keys='ctrl-^,ctrl-@,ctrl-^,ctrl-@'
  [ "$in_engine" != podman ] || keys=
  set -- -t --detach-keys "$keys" -e "TERM=$in_term" "$@"
  [ -z "$in_colorterm" ] || set -- -e "COLORTERM=$in_colorterm" "$@"
fi
set -- exec -i "$@" "$in_container" /bin/sh -c "$in_wrapper" igor "$inside" "$in_directory" "$size"
if [ -d "$shared" ]; then set -- "$@" "$in_workspace"; else set -- "$@" ''; fi
eval "set -- \"\$@\" $in_words"

code=0
: >"$mine/asked"
if [ "$in_tty" ]; then
  # The command's stderr is the terminal too: descriptor 2 has the engine's words only.
  IGOR_SESSION=$in_session "$in_engine" "$@" 2>"$mine/words" || code=$?
else
  # Whoever read stderr may have gone: that is no reason to leave without a word of how it ended.
  {
    {
      IGOR_SESSION=$in_session "$in_engine" "$@" 2>&1 >&3 3>&- || code=$?
      echo "$code" >"$mine/code"
    } | relay 3>&- || :
  } 3>&1
  read -r code <"$mine/code" || code=129
fi
# Ended from outside: nobody may take that for an end of its own.
[ ! -e "$shared/stop" ] || finish "rc $code" 125
if [ "$code" = 94 ] && [ -d "$shared" ] && [ ! -e "$shared/leader" ]; then finish 'no-container other-directory' 125; fi
[ "$code" = 0 ] || [ -e "$shared/leader" ] || diagnose "$code"
[ "$code" != 137 ] || ! oom || finish 'rc 137 oom' 137
# 1: a client that lost its daemon while it asked how the command ended says so with that code.
case $code in 1 | 137 | 255) ! is_gone || finish_gone ;; esac
finish "rc $code" "$code"
