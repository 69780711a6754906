# What this host has of all that igor needs, each thing looked at by itself. Nothing is changed: a file that is made in
# the container to prove whose it is goes again.
#
# Inputs: those of target, container and image; in_python (of the container).
# Answer (stdout): `clock SECONDS`, and lines `check NAME VERDICT FIELD...` with tabs between and the fields encoded; what is
# not in it could not be looked at. The texts are in src/view/check-text.ts.
: "${in_dir:?}" "${in_project:?}" "${absolute:=}" "${fresh=}"
scratch=$D/$I.doctor

# check NAME VERDICT FIELDS
check() {
  line="check	$1	$2"
  shift 2
  for field in "$@"; do line="$line	$(encoded "$field")"; done
  printf '%s\n' "$line"
}

look_at_system() {
  system=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null | head -n 1) || system=
  check system ok "${system:-$(uname -s)} $(uname -m)" "${SHELL##*/}" "$(id -un)"
  lacks=
  for tool in tar gzip base64 awk stat find cmp od sed; do command -v "$tool" >/dev/null 2>&1 || lacks="$lacks $tool"; done
  if [ "$lacks" ]; then check tools fail "${lacks# }"; else check tools ok; fi
  look_for_rsync
  case $flavour in
    rsync)
      version=$(printf '%s\n' "$rsync_version" | awk '{print $3; exit}')
      # Older ones do not know --protect-args.
      case $version in [0-2].*) check transfer warn too-old "$version" ;; *) check transfer ok rsync "$version" ;; esac
      ;;
    *) check transfer warn "$flavour" ;;
  esac
}

# look_at_directory: sets $root, and $inside when we are in it.
look_at_directory() {
  absolute "$in_dir"
  root=$absolute inside=''
  place=$root
  until [ -d "$place" ] || [ -z "$place" ]; do place=${place%/*}; done
  place=${place:-/}
  if [ ! -d "$root" ]; then
    if [ -e "$root" ] || [ -L "$root" ]; then
      check directory fail not-a-directory "$root"
    elif [ -w "$place" ] && [ -x "$place" ]; then
      check directory ok missing "$root"
    else
      check directory fail not-writable "$place" "$(stat -c %U "$place")" "$(id -un)"
    fi
    return 0
  fi
  if ! cd -P -- "$root" 2>/dev/null || [ ! -r . ]; then
    check directory fail not-readable "$root"
    return 0
  fi
  root=$(pwd -P) inside=1
  look_if_fresh
  was=
  [ ! -r .igor/host/marker ] || was=$(sed -n 's/^project //p' .igor/host/marker | head -n 1)
  if [ ! -w . ] || { [ -e .igor ] && [ ! -w .igor ]; }; then
    check directory fail not-writable "$root" "$(stat -c %U .)" "$(id -un)"
  elif [ -e .igor/host ] && [ ! -O .igor/host ]; then
    check directory fail other-owner "$root" "$(stat -c %U .igor/host)"
  elif [ "$was" ] && [ "$was" != "$in_project" ]; then
    check directory fail other-project "$root" "$was"
  elif [ -z "$was" ] && [ -z "$fresh" ]; then
    check directory warn unmarked "$root"
  else
    check directory ok ours "$root"
  fi
}

# Files of others in the tree make a push fail that must replace them. A huge tree is not looked through for ever.
look_at_owners() {
  owners_code=0
  if command -v timeout >/dev/null 2>&1; then
    timeout 10 find . -xdev ! -user "$(id -u)" >"$scratch.owners" 2>/dev/null || owners_code=$?
  else
    find . -xdev ! -user "$(id -u)" >"$scratch.owners" 2>/dev/null || :
  fi
  count=$(($(wc -l <"$scratch.owners")))
  if [ "$count" -gt 0 ]; then
    first=$(head -n 1 "$scratch.owners")
    check owners warn others "$count" "${first#./}" "$(stat -c %U "$first" 2>/dev/null)" "$root" "$(id -un)"
  elif [ "$owners_code" = 124 ]; then
    check owners ok unfinished
  else
    check owners ok
  fi
}

# room NAME PATH FIELDS: free and total kB of its file system, and whether that is enough.
room() {
  df -Pk "$2" 2>/dev/null | awk 'NR == 2 { print $4, $2 }' >"$scratch.df" || :
  read -r free total <"$scratch.df" || return 0
  verdict=ok
  if [ "$free" -lt 5000000 ] && [ "$free" -lt $((total / 10)) ]; then verdict=warn; fi
  [ "$free" -ge 100000 ] || verdict=fail
  name=$1
  shift
  check "$name" "$verdict" "$free" "$total" "$@"
}

look_at_room() {
  room disk "$place"
  df -Pi "$place" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4, $2 }' >"$scratch.df" || :
  if read -r free total <"$scratch.df"; then
    verdict=ok
    [ "$free" -ge $((total / 20)) ] || verdict=warn
    [ "$free" -ge 100 ] || verdict=fail
    check inodes "$verdict" "$free" "$total" "$place"
  else
    check inodes ok unlimited
  fi
  df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4, $2 }' >"$scratch.df" || :
  if [ -w /dev/shm ] && read -r free total <"$scratch.df"; then
    verdict=ok
    [ "$free" -ge $((total / 10)) ] || verdict=warn
    check shm "$verdict" room "$free" "$total"
  else
    check shm warn none
  fi
}

printf 'clock\t%s\n' "$(date +%s)"
look_at_system
look_at_directory
look_at_engine >"$D/$I.found" &
asked_engine=$!
if [ "$inside" ]; then look_at_owners; else check owners ok; fi
look_at_room
wait "$asked_engine" || :
cat "$D/$I.found"
