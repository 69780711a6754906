# look-kept: the REPLs that are kept in a container, seen from inside; or one of those that a host keeps.
#
# In    $1 its id, on a host
# Out   lines with tabs between: found kept ID AGE ALONE FROM..., found leader ID PID MARK (see exec-words)
#       AGE in seconds, ALONE since how many seconds nobody is attached, `-` while somebody is; FROM with blanks between.
# Guarantees: what other users have put there is not believed.
kept_now() {
  case $1$2$3 in '' | *[!0-9-]*) return 1 ;; esac
  [ -d "/proc/$1" ]
}

read -r up _ </proc/uptime
for note in /tmp/igor-repl.*/*."${1-}"*/note /dev/shm/igor-repl.*/*."${1-}"*/note; do
  if [ -L "${note%/*/*}" ] || [ ! -O "${note%/*/*}" ]; then continue; fi
  read -r holder began left from <"$note" || continue
  kept_now "$holder" "$began" "$left" || continue
  kept=${note%/note} alone=-
  [ "$left" = - ] || alone=$((${up%%.*} - left))
  printf 'found\tkept\t%s\t%s\t%s\t%s\n' "${kept##*.}" "$((${up%%.*} - began))" "$alone" "$from"
  read -r pid began <"$kept/leader" || continue
  kept_now "$pid" "$began" || continue
  printf 'found\tleader\t%s\t%s\t%s\n' "${kept##*.}" "$pid" "$((began * 4194304 + pid))"
done 2>/dev/null
