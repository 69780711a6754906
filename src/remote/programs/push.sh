# Brings the project on the host to a new generation.
#
# Inputs: those of target, lock and commit; in_accept, the generations (space-separated, `-` for none) for which the
# changes in the payload are right; in_changes (1: there are some); in_stage, the id of this push;
# in_staged (1: the files were transferred to the stage before; direct: straight into the tree);
# in_count, how many files this checkout has when it never pushed here before.
# Payload: nothing, or a tar.gz with l/ (lists of commit) and f/ (files).
# Events: `unchanged`, `pushed`, `left-alone N` (files that are not of a checkout which is new here), or `reconcile GENERATION RSYNC FRESH ROOT`: the changes do not fit what the
# host holds, nothing was done but making the stage, plan again.
# Guarantees: see commit. Whoever else pushes at the same time waits or is refused.
: "${in_accept=}" "${in_changes=}" "${in_stage:?}" "${in_staged=}" "${in_count=}"

# accepted: the generation of the tree is one that the changes were made for.
accepted() {
  case " $in_accept " in *" $generation "*) return 0 ;; *) return 1 ;; esac
}

# reconcile: what a full transfer needs to know, and a place for it.
reconcile() {
  flavour=none
  if command -v rsync >/dev/null 2>&1; then
    flavour=rsync
    case $(rsync --version 2>/dev/null || :) in *openrsync*) flavour=openrsync ;; esac
  fi
  # Stages that nobody will come back to.
  find .igor/host/stage -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} + 2>/dev/null || :
  mkdir -p ".igor/host/stage/$in_stage/f"
  ev reconcile "$generation" "$flavour" "${fresh:-0}" "$(encoded "$root")"
}

# push_tree: returns with the tree at $in_generation, or 1 when the answer is `reconcile`.
push_tree() {
  if ! accepted; then
    reconcile
    return 1
  fi
  if [ -z "$in_changes" ]; then
    ev unchanged
    return 0
  fi
  [ "${lock-}" ] || lock_tree
  generation=-
  [ ! -s .igor/host/generation ] || read -r generation <.igor/host/generation
  if ! accepted; then
    unlock_tree
    reconcile
    return 1
  fi
  stage=$PWD/.igor/host/stage/$in_stage
  mkdir -p "$stage"
  if ! tar -xzpof - -C "$stage"; then
    rm -rf "$stage"
    exit 1
  fi
  commit_tree "$stage"
  ev pushed
  if [ "$in_count" ] && [ -z "$fresh" ]; then count_others; fi
}

# count_others: files in the tree that are not of this checkout; a new checkout deletes nothing.
count_others() {
  others=$(($(find . -path ./.igor/host -prune -o ! -type d -print | wc -l) - in_count))
  [ "$others" -le 0 ] || ev left-alone "$others"
}
