# exec-end: ends every process of a session. Runs in the container, and on the host for the engine's clients.
#
# In    $1 id of the session, $2 file with the pid and start time of its first process (empty: only what carries the id),
#       $3 the signal to begin with, $4 seconds until KILL (the second half of them with TERM)
#       $5 instead of $1 and $2, a process: what descends from it, and is in terminal sessions that those opened
# Out   0 nothing is left, 3 something is and cannot be killed, 4 nothing is, as far as this user can see
# Guarantees: finds what carries IGOR_SESSION in its environment or the mark of exec-words in its limits, what descends
#       from that, and what is in a terminal session of one of them: children that called setsid, workers, daemons,
#       processes that changed their title.
#       Each gets each signal once. Needs sh, cat, sleep; grep where there is one.
LC_ALL=C
export LC_ALL
if printf 'a\0b' | grep -qz '^b' 2>/dev/null; then quick=1; else quick=''; fi

# carriers: paths of the environments that hold the id and of the limits that hold the mark, and complaints about those
# that cannot be read.
carriers() {
  if [ "$quick" ]; then
    grep -lzF "IGOR_SESSION=$1" /proc/[0-9]*/environ
    [ -z "$mark" ] || grep -l "^Max file locks  *$mark " /proc/[0-9]*/limits
  else
    for e in ${mark:+/proc/[0-9]*/limits}; do
      case $(cat "$e") in *"Max file locks "*" $mark "*) echo "$e" ;; esac
    done
    for e in /proc/[0-9]*/environ; do
      case $(cat "$e") in *IGOR_SESSION="$1"*) echo "$e" ;; esac
    done
  fi 2>&1
}

# note PID STATE PARENT GROUP SESSION ...: one line of /proc/PID/stat, without the name; sets $line.
note() {
  line=''
  if [ "$1" = "$leader" ] && [ "${21}" != "$born" ]; then sessions=' '; fi
  case $2 in [ZX]) ;; *) line="$1 $3 $5" ;; esac
}

# search ID: sets $found to the pids, with a blank before and behind each.
search() {
  table='' unseen=''
  # Who loses its parent has no other mark: what was found once counts.
  [ "$one" ] || { found=' ' sessions=" $leader " && find_carriers "$1"; }
  for s in /proc/[0-9]*/stat; do
    { read -r stat <"$s"; } 2>/dev/null || continue
    # shellcheck disable=SC2086
    note "${stat%% *}" ${stat##*) }
    [ -z "$line" ] || table="$table$line
"
  done
  grow
  found=$alive
}

# find_carriers ID: adds to $found; sets $unseen.
find_carriers() {
  while read -r path complaint; do
    case "$path $complaint" in
      '/proc/'*'/environ ' | '/proc/'*'/limits ')
        path=${path#/proc/}
        found="$found${path%/*} "
        ;;
      # grep: /proc/1/environ: Permission denied
      *'ermission denied') unseen=4 ;;
    esac
  done <<END
$(carriers "$1")
END
}

# grow: adds kin to $found until there is no more; sets $alive to those that are there.
grow() {
  grown=1
  while [ "$grown" ]; do
    grown='' alive=' '
    while read -r pid parent session; do
      [ "$pid" ] || continue
      case $found in
        *" $pid "*) ;;
        *)
          [ "$by_kin" ] || continue
          case "$found|$sessions" in
            *" $parent "*"|"* | *"|"*" $session "*)
              found="$found$pid "
              grown=1
              ;;
            *) continue ;;
          esac
          ;;
      esac
      alive="$alive$pid "
      case $sessions in
        *" $session "*) ;;
        *)
          if [ "$session" -gt 1 ] && [ "$by_kin" ] && { [ -z "$one" ] || [ "$session" = "$pid" ]; }; then
            sessions="$sessions$session "
            grown=1
          fi
          ;;
      esac
    done <<END
$table
END
  done
}

one=${5-} leader='' born='' by_kin=$2${5-} signal=$3 told=' ' tenth=0
# A REPL that is kept has it there, with its socket: nobody is to find that any more.
for kept in ${2:+/tmp/igor-repl.*/*."$1" /dev/shm/igor-repl.*/*."$1"}; do
  # Whose directory it is, decides which processes that file may name.
  if [ -L "${kept%/*}" ] || [ ! -O "${kept%/*}" ] || [ ! -d "$kept" ]; then continue; fi
  { read -r leader born <"$kept/leader"; } 2>/dev/null || leader=''
  rm -rf "$kept" && rmdir "${kept%/*}"
done 2>/dev/null
[ -z "$2" ] || [ "$leader" ] || { read -r leader born <"$2"; } 2>/dev/null || leader=''
found=" $one " sessions=' '
mark=${leader:+$((born * 4194304 + leader))}
while
  search "$1"
  waiting='' denied=''
  for pid in $found; do
    case $told in
      *" $pid "*) waiting=1 ;;
      *)
        if kill -s "$signal" "$pid" 2>/dev/null; then
          kill -s CONT "$pid" 2>/dev/null
          told="$told$pid "
          waiting=1
        elif [ -d "/proc/$pid" ]; then denied=3; fi
        ;;
    esac
  done
  [ "$waiting" ]
do
  [ "$tenth" -lt $(($4 * 10 + 100)) ] || exit 3
  sleep 0.1 2>/dev/null || { sleep 1 && tenth=$((tenth + 9)); }
  tenth=$((tenth + 1))
  if [ "$tenth" -ge $(($4 * 10)) ]; then
    signal=KILL told=' '
  elif [ "$tenth" -ge $(($4 * 5)) ] && [ "$signal" != TERM ]; then
    signal=TERM told=' '
  fi
done
exit "${denied:-${unseen:-0}}"
