: "${in_session=}" "${pushed=}"
open_target
if [ "$in_drop" ]; then rm -rf ".igor/host/stage/$in_stage"; else push_tree; fi
# A command waits for this.
if [ "$in_session" ] && [ "$pushed" ]; then
  waiting=${TMPDIR:-/tmp}/igor-session.$in_session
  mkdir -m 700 "$waiting" 2>/dev/null || :
  # As in exec-session: another user may have been there first.
  case $(stat -c '%A %u' "$waiting") in d*" $(id -u)") : >"$waiting/pushed" ;; esac
fi
