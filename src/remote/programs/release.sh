# A session that waits for what this program brings: see exec. Inputs: in_session, its id; empty where nobody waits.
: "${in_session=}"

# release: it may begin.
release() {
  [ "$in_session" ] || return 0
  waiting=${TMPDIR:-/tmp}/igor-session.$in_session
  mkdir -m 700 "$waiting" 2>/dev/null || :
  # As in exec-session: another user may have been there first.
  case $(stat -c '%A %u' "$waiting") in d*" $(id -u)") : >"$waiting/released" ;; esac
}
