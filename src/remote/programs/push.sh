# Brings the project on the host to a new generation.
#
# Inputs: those of target, lock and commit; in_accept, the generations (space-separated, `-` for none) for which the
# changes in the payload are right; in_changes (1: there are some); in_stage, the id of this push;
# in_staged (1: the files were transferred to the stage before; fresh: they were, for a tree that holds nothing yet;
# packed: the payload brings all files, for such a tree; the changes of the last two are only those below .igor);
# in_files and in_links, how many files such a transfer was to bring, and how many of them are links;
# in_count, how many files this checkout has when it never pushed here before;
# in_drop (1: only the stage is removed, because the transfer failed).
# Payload: nothing, or a tar.gz with l/ (lists of commit, and l/gone: paths that are not to come after all) and f/ (files).
# Events: `unchanged`, `pushed [FILES]` (how many were put in place, where that was counted), `left-alone N` (files that
# are not of a checkout which is new here), or `reconcile GENERATION RSYNC FRESH ROOT`: the changes do not fit what the
# host holds, nothing was done but making the stage, plan again. FRESH is 1 when the tree holds nothing yet, `resumed` when
# an earlier attempt to fill it was cut.
# Guarantees: see commit. Whoever else pushes at the same time waits or is refused.
: "${lock_host:=}" "${lock_boot:=}" "${in_accept=}" "${in_changes=}" "${in_stage:?}" "${in_staged=}" "${in_files=}" "${in_links=0}" "${in_count=}" "${in_drop=}"

# accepted: the generation of the tree is one that the changes were made for.
accepted() {
  case " $in_accept " in *" $generation "*) return 0 ;; *) return 1 ;; esac
}

# reconcile: what a full transfer needs to know, and a place for it.
reconcile() {
  look_for_rsync
  # Stages that nobody will come back to.
  find .igor/host/stage -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} + 2>/dev/null || :
  is_fresh=${fresh:-0} stage=.igor/host/stage/$in_stage
  # What was gone may be back when the next attempt reads it.
  [ ! -d "$stage/l" ] || rm -rf "$stage/l"
  if [ "$fresh" ] && [ -d "$stage/f" ]; then
    # All of the stage becomes the tree then: where an attempt was cut, its rsync may hang on here with half a file.
    rm -rf "$stage/old"
    mv "$stage/f" "$stage/old"
    is_fresh=resumed
  fi
  mkdir -p "$stage/f"
  own_stage
  ev reconcile "$generation" "$flavour" "$is_fresh" "$(encoded "$root")"
}

# own_stage: notes whose stage it is: the host shell's, which outlives every frame and transfer that fill it.
own_stage() {
  { read -r shell_pid <"$D/pid"; } 2>/dev/null && born "$shell_pid" || return 0
  echo "$shell_pid $born $lock_boot $lock_host" >".igor/host/stage/$in_stage/owner"
}

# sweep_stages: those whose host shell is gone, since nobody else fills them or puts them in place. Whoever puts one in
# place holds the lock, and so do we.
sweep_stages() {
  for found in .igor/host/stage/*; do
    if [ "$found" = ".igor/host/stage/$in_stage" ] || ! read -r owner 2>/dev/null <"$found/owner"; then continue; fi
    ! stale "$owner" || rm -rf "$found"
  done
}

# push_tree: afterwards the tree is at $in_generation and $pushed is 1, or the answer was `reconcile` and it is empty.
# Never to be called in a condition: there a shell goes on after an error, and a push that failed in part would be confirmed.
push_tree() {
  pushed=
  if ! accepted; then
    reconcile
    return 0
  fi
  if [ -z "$in_changes" ]; then
    ev unchanged
    pushed=1
    return 0
  fi
  [ "${lock-}" ] || lock_tree
  look_if_fresh
  read_generation
  accepted || pushed=no
  stage=$PWD/.igor/host/stage/$in_stage
  trap 'drop_stage $?' EXIT
  if [ -z "$pushed" ]; then
    mkdir -p "$stage"
    own_stage
    # busybox tar takes the umask from the modes. What it makes of a fresh tree is moved as it is, directories too.
    if [ "$in_staged" = fresh ]; then umask 022; else umask 0; fi
    tar -xzpof - -C "$stage"
    [ "$in_staged" != packed ] || [ ! -d "$stage/f" ] || find "$stage/f" -type d -exec chmod 755 {} +
    umask 077
    drop_gone
    case $in_staged in fresh | packed) place_whole ;; esac
  fi
  if [ "$pushed" ]; then
    [ "$pushed" = more ] || fresh=
    pushed=
    unlock_tree
    reconcile
    return 0
  fi
  commit_tree "$stage"
  lock_with=$stage
  sweep_stages
  trap unlock_tree EXIT
  case $in_staged in fresh | packed) ev pushed ;; *) ev pushed "$placed" ;; esac
  pushed=1
  if [ "$in_count" ] && [ -z "$fresh" ]; then count_others; fi
}

# drop_stage CODE: what could not be put in place is sent again, and would take room till then that may be short. Only
# after a signal, which is what a lost link brings, the next attempt goes on with what was transferred.
drop_stage() {
  if [ "$1" -ne 143 ] || [ -z "$in_staged" ]; then rm -rf "$stage"; fi
  unlock_tree
}

# drop_gone: what went away on the laptop may have been staged before; the manifest does not know it.
drop_gone() {
  [ -s "$stage/l/gone" ] || return 0
  while IFS= read -r line; do
    decode "$line"
    if leads_away "$decoded"; then pushed="more"; else rm -rf -- "$stage/f/$decoded"; fi
  done <"$stage/l/gone"
}

# leads_away PATH: a directory on the way of a staged PATH is a link, which it was not when the laptop was looked at.
leads_away() {
  away=$stage/f rest=$1
  while :; do
    case $rest in */*) away=$away/${rest%%/*} rest=${rest#*/} ;; *) return 1 ;; esac
    [ ! -L "$away" ] || return 0
  done
}

# place_whole: moves what is staged into a tree that holds nothing, directories as a whole; $pushed is `no` when the tree
# does hold something, and `more` when the stage holds what was not to come, a file or a link in the place of a directory:
# the next transfer brings only what it lists.
place_whole() {
  if [ "$in_files" ]; then
    # Two slashes stand once in a path, newlines as often as a name has them.
    files=$(find "$stage/f//" ! -type d -print | grep -c /f//) || files=0
    gone=0
    [ ! -s "$stage/l/gone" ] || gone=$(wc -l <"$stage/l/gone")
    if [ "$files" -gt $((in_files - gone)) ]; then pushed="more"; fi
    [ "$(find "$stage/f//" -type l -print | grep -c /f//)" -le "$in_links" ] || pushed="more"
  fi
  for f in "$stage"/f/* "$stage"/f/.[!.]* "$stage"/f/..?*; do
    if present "$f" && [ "${f##*/}" != .igor ] && present "./${f##*/}"; then pushed=no; fi
  done
  [ -z "$pushed" ] || return 0
  set --
  for f in "$stage"/f/* "$stage"/f/.[!.]* "$stage"/f/..?*; do
    if ! present "$f" || [ "${f##*/}" = .igor ]; then continue; fi
    set -- "$@" "$f"
    [ $# -ge 100 ] || continue
    mv -- "$@" ./
    set --
  done
  [ $# -eq 0 ] || mv -- "$@" ./
}

# count_others: files in the tree that are not of this checkout; a new checkout deletes nothing.
count_others() {
  others=$(($(find . -path ./.igor/host -prune -o ! -type d -print | wc -l) - in_count))
  [ "$others" -le 0 ] || ev left-alone "$others"
}
