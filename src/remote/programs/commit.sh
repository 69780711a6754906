# commit_tree STAGE: brings the tree in the current directory from one generation to the next.
#
# STAGE/l/first and STAGE/l/then are lists of changes, in this order; STAGE/f/PATH holds the new files. Lines:
#   e SIZE SECONDS.NANOSECONDS   what igor may have left at the path of the next r or d line (any number of them)
#   t TARGET                     the same, as a symbolic link to TARGET
#   r PATH                       put STAGE/f/PATH there (skipped when it is not staged: the host has it already)
#   d PATH                       delete it
# Names hold no newline; a name with a backslash or a newline is escaped for printf %b.
# Inputs: in_generation, the id of the tree that comes out; it is noted with the boot it is written on.
# STAGE is the caller's to remove.
# Answer (stdout): `kept PATH` for each path that was moved or copied to .igor/host/conflicts/<generation>/.
# Guarantees: each path is the old file or the new one, never a part; a path that is not in a state igor left is kept
# aside before its place is taken; a directory that is a symbolic link is never entered (nothing is changed then); the
# generation is written last.
: "${in_generation=}" "${lock_boot:=}" "${lock_host:=}"

stat_format='%d %f %s %.9Y %n'
stat_known=
newline='
'

commit_tree() {
  stage=$1
  aside=$PWD/.igor/host/conflicts/$in_generation
  emptied=
  placed=0
  mounts='' stage_device=''
  leaving=
  if [ -s "$stage/l/first" ] && [ -s "$stage/l/then" ]; then
    list=$stage/l/then leaving=$stage/l/first
    examine
    leaving=
  fi
  for list in "$stage/l/first" "$stage/l/then"; do
    [ -s "$list" ] || continue
    examine
    apply
    remove_emptied
  done
  # Never in place: a copy of the tree by hard links (cp -al) has the old files, and must keep the old generation.
  echo "$in_generation${lock_boot:+ $lock_boot $lock_host}" >"$stage/generation"
  mv -f "$stage/generation" .igor/host/generation
}

# examine: nothing is changed; every directory on the way of the list is checked.
examine() {
  checked=
  while IFS= read -r line; do
    case $line in [rd]' '*) decode "${line#? }" ;; *) continue ;; esac
    parent "$decoded"
    [ "$parent" = "$checked" ] || { no_link "$parent" && checked=$parent; }
  done <"$list"
}

# no_link DIR: no component of DIR is a symbolic link, and none leads out of the tree.
no_link() {
  part='' rest=$1/
  while [ "$rest" ]; do
    part=$part${part:+/}${rest%%/*} rest=${rest#*/}
    case ${part##*/} in '' | ..) die symlink-in-the-way "$(encoded "$1")" ;; esac
    [ ! -L "$part" ] || leaves "$part" || die symlink-in-the-way "$(encoded "$part")"
  done
}

# leaves PATH: the list $leaving, which is applied before this one, takes it away; it is looked at again then.
leaves() {
  [ "$leaving" ] || return 1
  case $1 in *\\* | *"$newline"*) return 0 ;; esac
  grep -qxF -e "d $1" "$leaving"
}

parent() { case $1 in */*) parent=${1%/*} ;; *) parent=. ;; esac; }
present() { [ -e "$1" ] || [ -L "$1" ]; }

# apply: the list in pieces of 100 paths, so that what is there is looked at shortly before it is touched.
apply() {
  made='' piece='' pieces=0
  set --
  while IFS= read -r line; do
    piece=$piece$line$newline
    case $line in [rd]' '*) decode "${line#? }" ;; *) continue ;; esac
    pieces=$((pieces + 1))
    case $line$decoded in
      *"$newline"*) ;;
      r*) ! present "$stage/f/$decoded" || ! present "$decoded" || set -- "$@" "./$decoded" ;;
      d*) ! present "$decoded" || set -- "$@" "./$decoded" ;;
    esac
    [ "$pieces" -ge 100 ] || continue
    apply_piece "$@"
    piece='' pieces=0
    set --
  done <"$list"
  [ -z "$piece" ] || apply_piece "$@"
}

# apply_piece FILES: the lines in $piece; FILES are the paths in them that are there, in their order.
apply_piece() {
  : >"$stage/found"
  [ $# -eq 0 ] || look_at "$stage/found" "$stage" "$@"
  batch='' expected='' targets=''
  set --
  exec 4<"$stage/found"
  read -r stage_device found <&4 || stage_device=''
  while IFS= read -r line; do
    word=${line#? }
    case $line in
      e*) expected="$expected$word$newline" && continue ;;
      t*) targets="$targets$word$newline" && continue ;;
    esac
    decode "$word"
    path=$decoded
    parent "$path"
    case $line in
      r*)
        if present "$stage/f/$path"; then
          if [ "$batch" != "$parent" ]; then
            [ $# -eq 0 ] || flush "$@"
            set --
            batch=$parent batch_device=
            make_directory "$parent"
          fi
          clear_place
          placed=$((placed + 1))
          set -- "$@" "$stage/f/$path"
        fi
        ;;
      d*)
        if [ "$batch" != ' delete' ]; then
          [ $# -eq 0 ] || flush "$@"
          set --
          batch=' delete'
        fi
        if present "$path"; then
          look
          if ours; then set -- "$@" "./$path"; elif [ "$kind" != directory ]; then keep_aside mv; fi
        fi
        # Also when the path is gone already: an attempt that was cut may have left the directory.
        case $emptied in "$parent$newline"*) ;; *) [ "$parent" = . ] || emptied=$parent$newline$emptied ;; esac
        ;;
    esac
    expected='' targets=''
  done <<END
${piece%"$newline"}
END
  exec 4<&-
  [ $# -eq 0 ] || flush "$@"
}

# flush FILES: the batch in hand goes to its place: staged files into the directory $batch, or deletions.
flush() {
  if [ "$batch" = ' delete' ]; then
    rm -f -- "$@"
  elif is_across; then
    for f in "$@"; do place_across "$f"; done
  else
    mv -f -- "$@" "./$batch/"
  fi
}

# is_across: the directory $batch is on another file system than the stage. What is replaced there tells; else the list of
# what is mounted does, where the kernel writes such a path as it is, and mostly that nothing is mounted in the tree.
is_across() {
  if [ "$batch_device" ] && [ "$batch_device" = "$stage_device" ]; then return 1; fi
  if [ -z "$mounts" ]; then
    mounts=some
    case $PWD in *[!A-Za-z0-9_./@:+-]*) ;; *) grep -qsF " $PWD/" /proc/self/mounts || mounts=none ;; esac
  fi
  [ "$mounts" = some ] && [ "$(stat -c %d "$stage")" != "$(stat -c %d "./$batch")" ]
}

# place_across FILE: to another file system mv would copy, into the place of what is there: a full disk would leave a part.
place_across() {
  cp -pP -- "$1" "./$batch/.igor.new" || { rm -f "./$batch/.igor.new"; exit 1; }
  mv -f -- "./$batch/.igor.new" "./$batch/${1##*/}"
}

# make_directory DIR: with its parents; a file of the host that is in the way is kept aside.
make_directory() {
  [ "$1" != "$made" ] || return 0
  made=$1
  wanted=$path wanted_word=$word words=$word
  part='' rest=$1/ encoded_part=''
  while [ "$rest" ]; do
    part=$part${part:+/}${rest%%/*} rest=${rest#*/}
    encoded_part=$encoded_part${encoded_part:+/}${words%%/*} words=${words#*/}
    # A link that this list itself has put there.
    [ ! -L "$part" ] || die symlink-in-the-way "$(encoded "$part")"
    [ ! -d "$part" ] || continue
    if [ -e "$part" ]; then
      path=$part word=$encoded_part
      keep_aside mv
    fi
    (umask 022 && mkdir -- "$part")
  done
  path=$wanted word=$wanted_word
}

# look_at INTO FILES: a line for each in the file INTO. The first tells whether stat knows fractions of a second here.
look_at() {
  into=$1
  shift
  stat -c "$stat_format" -- "$@" >"$into" || :
  if [ "$stat_known" ] || ! read -r device mode size mtime found <"$into"; then return 0; fi
  stat_known=1
  case $mtime in *.?????????) return 0 ;; esac
  stat_format='%d %f %s %Y %n'
  stat -c "$stat_format" -- "$@" >"$into" || :
}

# look: sets $kind, $size, $mtime and $device of $path, from $stage/found when the line there is for this path.
look() {
  found=
  case $path in
    *"$newline"*) ;;
    *) IFS= read -r found <&4 || : ;;
  esac
  if [ "${found#* * * * }" != "./$path" ]; then
    look_at "$stage/one" "./$path" 2>/dev/null
    IFS= read -r found <"$stage/one" || found='- 0 0 0 '
  fi
  device=${found%% *} found=${found#* }
  mode=${found%% *} found=${found#* }
  size=${found%% *} found=${found#* }
  mtime=${found%% *}
  case $mode in 8???) kind='file' ;; a???) kind='symlink' ;; 4???) kind='directory' ;; *) kind='special' ;; esac
}

# ours: what is at $path is in one of the states that igor may have left.
ours() {
  case $kind in
    file)
      case $newline$expected in
        *"$newline$size $mtime$newline"*) return 0 ;;
      esac
      # A host whose tar or file system keeps whole seconds only.
      case $mtime in
        *.*[!0]*) return 1 ;;
        *) case $newline$expected in *"$newline$size ${mtime%%.*}."*) return 0 ;; *) return 1 ;; esac ;;
      esac
      ;;
    symlink)
      is=$(readlink -- "./$path"; printf x)
      left=$targets
      while [ "$left" ]; do
        decode "${left%%"$newline"*}"
        left=${left#*"$newline"}
        [ "$is" != "$decoded${newline}x" ] || return 0
      done
      return 1
      ;;
    *) return 1 ;;
  esac
}

# clear_place: $path may be replaced without losing anything.
clear_place() {
  present "$path" || return 0
  look
  batch_device=$device
  ! ours || return 0
  case $kind in
    directory)
      # Empty directories are nobody's: git does not know them, and an attempt that was cut leaves some.
      if [ "$(find "./$path" ! -type d -print 2>&1 | head -n 1)" ]; then keep_aside mv; else remove_directory; fi
      ;;
    file)
      if [ -L "$stage/f/$path" ] || ! cmp -s "$stage/f/$path" "./$path"; then keep_aside ln; fi
      ;;
    *) keep_aside mv ;;
  esac
}

remove_directory() { find "./$path" -depth -type d -exec rmdir {} +; }

# keep_aside ln|mv: with ln the path stays in place until the new file takes it in one rename.
keep_aside() {
  parent "$path"
  mkdir -p -- "$aside/$parent"
  to=$aside/$path
  n=1
  while present "$to"; do
    to=$aside/$path.$n
    n=$((n + 1))
  done
  { [ "$1" = ln ] && ln -- "./$path" "$to" 2>/dev/null; } || mv -- "./$path" "$to"
  printf 'kept %s\n' "$word"
}

# remove_emptied: directories that lost their last file; one that holds anything else stays.
remove_emptied() {
  while [ "$emptied" ]; do
    rmdir -p -- "${emptied%%"$newline"*}" 2>/dev/null || :
    emptied=${emptied#*"$newline"}
  done
}
