# exec-words: the last step to the user's command, in the container.
#
# In    $1 the directory of the session, $2 where the command starts, $3 `ROWS COLUMNS` of its terminal or empty,
#       $4 the workspace where the host has made $1 (empty: it has not), then the command, word by word
# Out   the command takes our place; 143 when the session was ended before, 94 when this container of igor does not have
#       what the host has made, 127 and 126 as a shell has them
#       $1/oom: how often Linux had killed something here for want of memory, for exec, which looks again afterwards
# Guarantees: the session's end finds the command even if that hides its environment (setproctitle): $1/leader has its
#       pid and start time. So does the limit of file locks, which no kernel heeds any more, and which goes to everything
#       that the command starts, whatever becomes of its environment, parent and terminal (env -i, daemons).
#       Needs nothing but sh; stty where there is a terminal.
leader() {
  echo "$$ ${21}" >"$1/leader"
  # dash calls it -w, bash and ash -x.
  # shellcheck disable=SC3045
  ulimit -S -w "$((${21} * 4194304 + $$))" || ulimit -S -x "$((${21} * 4194304 + $$))"
}

[ ! -e "$1/stop" ] || exit 143
# The project's directory was moved, or made anew, on the host. Only containers of igor have an empty directory there.
if [ "$4" ] && [ ! -d "$1" ] && [ -d "$4/.igor/host" ] && [ ! -e "$4/.igor/host/home" ]; then exit 94; fi
for events in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  while read -r key count; do
    [ "$key" != oom_kill ] || echo "$count" >"$1/oom"
  done <"$events"
done 2>/dev/null
cd "$2" 2>/dev/null || {
  { : >"$1/no-directory"; } 2>/dev/null
  exit 125
}
unset OLDPWD
# shellcheck disable=SC2086
{ read -r stat </proc/$$/stat && leader "$1" ${stat##*) }; } 2>/dev/null
[ -n "${LC_ALL-}${LC_CTYPE-}${LANG-}" ] || export LANG=C.UTF-8
# Python keeps what it prints for a pipe until there is much of it: a training run would look as if it stood still.
[ -t 1 ] || export PYTHONUNBUFFERED="${PYTHONUNBUFFERED-1}"
# The engine tells the size only after the start. UTF-8, so that the terminal erases whole characters.
[ -z "$3" ] || stty rows "${3% *}" cols "${3#* }" iutf8 2>/dev/null || stty rows "${3% *}" cols "${3#* }" 2>/dev/null
shift 4
exec "$@"
