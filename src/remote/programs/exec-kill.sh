# exec-kill: ends a session, detached from everything that could end it before it is done.
#
# In    the inputs of exec-session, from the environment; $1 the first signal;
#       $2 empty: at once; else only when no guard comes within $2 seconds
# Out   0 nothing of the session is left, 3 something is
# Guarantees: what has not started yet never will (`stop` comes first); several of us do the work once.
trap '' HUP INT TERM PIPE
seconds=${2:-0}
while [ "$seconds" -gt 0 ]; do
  sleep 1
  [ -e "$mine/pid" ] && [ ! -e "$mine/guarded" ] && [ ! -e "$mine/outcome" ] || exit 0
  seconds=$((seconds - 1))
done

patience=$((in_grace + 20))

# end_in_container OPTIONS: 0, 3 and 4 as exec-end; else the engine's own failure.
end_in_container() {
  limited "$patience" "$in_engine" exec --workdir / "$@" "$in_container" /bin/sh -c "$in_end" igor-end \
    "$in_session" "$inside/leader" "$first" "$in_grace"
}

# end_client SIGNAL: the engine's client on the host, with time to go by itself; $left is 3 when it does not go.
end_client() { /bin/sh -c "$in_end" igor-end "$in_session" '' "$1" 2 || [ $? = 4 ] || left=3; }

# end_all: 0 nothing is left, 3 something is.
end_all() {
  # An engine that is stuck may never begin the command, and its client holds the user's streams.
  if [ -e "$mine/asked" ] && [ -d "$shared" ] && [ ! -e "$shared/leader" ]; then end_client TERM; fi
  left=3 tries=30
  while [ "$tries" -gt 0 ]; do
    left=0
    end_in_container || left=$?
    case $left in
      # Processes of another user, e.g. below sudo: root with all capabilities sees and signals them, where that is allowed.
      3 | 4)
        seen=$left left=0
        end_in_container --privileged -u 0 || left=$?
        case $left in 0 | 3) ;; *) left=$seen ;; esac
        ;;
    esac
    case $left in 0 | 3 | 4) break ;; esac
    left=3
    state=$(limited "$patience" "$in_engine" container inspect -f '{{.State.Status}}' "$in_container" 2>&1) || :
    case $state in
      created | exited | stopped | dead | removing | *[Nn]'o such container'*)
        left=0
        break
        ;;
    esac
    tries=$((tries - 1))
    sleep 1
  done
  # The engine's client ends with its command: time for that, then force.
  end_client CONT
  [ "$left" != 3 ]
}

first=$1
left=0
open_shared || :
[ ! -d "$shared" ] || mkdir "$shared/stop" 2>/dev/null || :
open_mine
: >"$mine/stop"
waited=''
while ! ln -s $$ "$mine/ending" 2>/dev/null; do
  other=$(readlink "$mine/ending") || break
  if kill -0 "$other" 2>/dev/null; then
    waited=1
    sleep 0.1 2>/dev/null || sleep 1
  else rm -f "$mine/ending"; fi
done
if [ -z "$waited" ]; then end_all || left=3; fi
rm -f "$mine/ending"

# A command that began and ended by itself cannot start late; for anything else `stop` stays, for a day.
outcome=$in_outcome
if [ -z "$outcome" ] && [ -e "$mine/outcome" ]; then read -r outcome <"$mine/outcome" || :; fi
case $outcome in
  # igor asks for these, and removes $mine when it has heard.
  'rc 125' | 'rc 137'* | 'rc 255')
    rm -rf "$shared"
    # It has heard already.
    [ -e "$mine/outcome" ] || [ -e "$mine/again" ] || rm -rf "$mine"
    ;;
  'rc '*)
    rm -rf "$shared"
    # An attempt that was given up may still arrive, and finds its place taken.
    [ -e "$mine/again" ] || rm -rf "$mine"
    ;;
  '')
    # Killed before it could say how it ended: nobody else will, and what says so is swept after a day.
    if ! read -r pid 2>/dev/null <"$mine/pid"; then
      rm -rf "$mine"
    elif ! kill -0 "$pid" 2>/dev/null; then
      echo 'rc 143' >"$mine/outcome"
    fi
    ;;
esac
# What came for a command that was given up has only left `released`; with a pid and no outcome a command runs.
# shellcheck disable=SC2016
find "${shared%/*}"/*/stop "${mine%/*}"/igor-session.*/outcome "${mine%/*}"/igor-session.*/released \
  "${mine%/*}"/igor-session.*/again \
  -prune -user "$(id -u)" -mtime +0 \
  -exec sh -c '{ [ -e "${1%/*}/pid" ] && [ ! -e "${1%/*}/outcome" ]; } || rm -rf "${1%/*}"' sh {} \; 2>/dev/null || :
exit "$left"
