# look-inside: every process of a container, seen from inside.
#
# Out   a line for each, with tabs between: found process PID PARENT TERMINAL USER AGE MEMORY ID MARK COMMAND
#       TERMINAL is its session of the kernel, USER a name or a number, AGE in seconds, MEMORY in kB, ID its IGOR_SESSION
#       and MARK its limit of file locks (see exec-words), `-` where there is none or it cannot be seen.
# Guarantees: needs nothing but sh; what holds the container, and what only looks into it, is left out; whatever a command
#       line holds, it is one line.
LC_ALL=C
export LC_ALL
exec 2>/dev/null
if command -v tr >/dev/null; then quick=1; else quick=''; fi
between=$(printf '\n\tx')

# flat FILE: sets $flat to its words, with a blank for everything between them.
flat() {
  if [ "$quick" ]; then
    flat=$(tr '\000\t\n\r' '    ' <"$1")
  else
    flat=$(cat "$1") || IFS= read -r flat <"$1"
    # shellcheck disable=SC2086
    { IFS=${between%x} && set -f && set -- $flat && IFS=' ' && flat=$* && set +f && unset IFS; }
  fi
}

# look_at STATE PARENT GROUP TERMINAL ... START ...: the rest of a line of /proc/PID/stat behind the name.
look_at() {
  parent=$2 terminal=$4
  case $1 in [ZX]) return 1 ;; esac
  [ "$parent" != $$ ] || return 1
  age=$((up - ${20} / 100))
  uid='' memory=0
  while read -r key value _; do
    case $key in
      Uid:) uid=$value ;;
      VmRSS:) memory=$value ;;
      SigQ:) break ;;
    esac
  done <"$p/status"
  [ "$uid" ]
}

names=' '
while IFS=: read -r name _ id _; do names="$names$id:$name "; done </etc/passwd
read -r up _ </proc/uptime
up=${up%%.*}
for p in /proc/[0-9]*; do
  pid=${p#/proc/}
  case $pid in 1 | "$$") continue ;; esac
  # A process that ends meanwhile is left out.
  read -r stat <"$p/stat" || continue
  # shellcheck disable=SC2086
  look_at ${stat##*) } || continue
  flat "$p/cmdline"
  case $flat in
    *igor-idle* | *igor-look* | *igor-end* | *igor-repl* | 'sleep 2147483' | 'sleep 2147483 ' | sleep2147483) continue ;;
    '')
      flat=${stat#*(}
      flat="[${flat%)*}]"
      ;;
  esac
  command=$flat
  mark=-
  while read -r a b c value _; do
    case "$a $b $c" in 'Max file locks') mark=$value && break ;; esac
  done <"$p/limits"
  [ "$mark" != unlimited ] || mark=-
  session=-
  if [ "$mark" = - ]; then
    flat "$p/environ"
    case " $flat" in
      *' IGOR_SESSION='* | *IGOR_SESSION=*)
        flat=${flat#*IGOR_SESSION=}
        session=$(printf %.16s "${flat%% *}")
        ;;
    esac
  fi
  case $names in
    *" $uid:"*)
      user=${names#*" $uid:"}
      user=${user%% *}
      ;;
    *) user=$uid ;;
  esac
  printf 'found\tprocess\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2000s\n' \
    "$pid" "$parent" "$terminal" "$user" "$age" "$memory" "$session" "$mark" "$command"
done
