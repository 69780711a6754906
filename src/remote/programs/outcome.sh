# outcome: how the command of a session ended, where its exit code alone does not say.
#
# In    the inputs of exec-session
# Out   stdout: the first line of $mine/outcome, or `unknown` when the session never began on this host;
#       then the last words of the engine
# Guarantees: of a session that never began the next attempt is the last one, whatever is still on its way here.
never_began() {
  mkdir "$mine" 2>/dev/null || :
  ! is_mine || : >"$mine/again"
  echo unknown
}
if ! is_mine; then
  never_began
elif [ -e "$mine/outcome" ]; then
  cat "$mine/outcome"
  [ ! -s "$mine/words" ] || tail -n 20 "$mine/words"
  [ -e "$mine/again" ] || rm -rf "$mine"
elif [ -e "$mine/pid" ]; then
  echo running
else
  never_began
fi
