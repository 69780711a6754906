: "${in_session=}" "${pushed=}"
open_target
if [ "$in_drop" ]; then rm -rf ".igor/host/stage/$in_stage"; else push_tree; fi
# A command waits for this.
if [ "$in_session" ] && [ "$pushed" ]; then
  waiting=${TMPDIR:-/tmp}/igor-session.$in_session
  mkdir -p "$waiting" && : >"$waiting/pushed"
fi
