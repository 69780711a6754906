# outcome: how the command of a session ended, where its exit code alone does not say.
#
# In    the inputs of exec-session
# Out   stdout: the first line of $mine/outcome, or `unknown` when the session never began on this host;
#       then the last words of the engine
if ! is_mine; then
  echo unknown
elif [ -e "$mine/outcome" ]; then
  cat "$mine/outcome"
  [ ! -s "$mine/words" ] || tail -n 20 "$mine/words"
  rm -rf "$mine"
elif [ -e "$mine/pid" ]; then
  echo running
else
  echo unknown
fi
