# guard: stands beside a session and ends it when igor does, when the link dies, or when it is told to.
#
# In    the inputs of exec-session; in_first: empty to stand guard until TERM (of the host shell, or its end);
#       a signal, e.g. INT: the session is ended now, beginning with that signal
# Out   ev guarding; ev unanswered when the command has not begun because the engine does not answer;
#       exit code 0 when nothing of the session is left, 3 when something is
# Guarantees: the end goes on when this program is killed.
end_session() {
  trap '' HUP INT TERM
  left=0
  detach "$1"
  wait "$killer" || left=$?
  exit "$left"
}

[ -z "$in_first" ] || end_session "$in_first"

open_mine
: >"$mine/guarded"
# A session that has ended by itself swept up behind it, and removed $mine or left an outcome there.
stand_down() {
  [ -e "$mine/guarded" ] && [ ! -e "$mine/outcome" ] || exit 0
  end_session "$in_signal"
}

# begun: the command runs, or nobody can know, or the engine was not asked for it yet.
begun() { [ ! -d "$shared" ] || [ -e "$shared/leader" ] || [ ! -e "$mine/asked" ] || [ -e "$mine/outcome" ]; }

trap stand_down HUP INT TERM
ev guarding
read -r loop <"$D/pid"
while kill -0 "$loop" 2>/dev/null; do
  sleep 5 &
  wait $! || :
  begun || answers || begun || ev unanswered
done
stand_down
