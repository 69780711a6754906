# How things stand on this host: the tree, the image, the container, what runs, and the disk. Nothing is changed.
#
# Inputs: those of target, image and container; in_accept (the generations of which this laptop knows all files;
# in_image_hash `-`: what the image would be made of is not known).
# Answer (stdout), lines of fields with a tab between them; ages in seconds, NOW is the host's clock, foreign text encoded:
#   found tree STATE AGE SOURCE FOUND KEPT     found disk FREE TOTAL (in kB)     found task ID VERB GROUP AGE
#   found image-state NAME BECAUSE CREATED NOW (BECAUSE empty: up to date)     found engine-state ENGINE CAUSE
#   found kept, see look-kept (in_kept is its text)
#   found container-state NAME STATUS BECAUSE SINCE NOW (BECAUSE empty: it would be kept)
: "${in_engine:?}" "${in_dir:?}" "${in_project:?}" "${in_image:?}" "${in_image_hash:?}" "${in_container:?}" "${in_accept=}" "${in_kept:?}"
: "${absolute:=}" "${generation:=}" "${fresh=}" "${job_state:=}" "${status:=}" "${because:=}" "${image_because=}" "${has_image:=}"
: "${has_owner:=}"
now=$(date +%s)

found() { (IFS='	' && printf 'found\t%s\n' "$*"); }

# seconds_since FILE: sets $seconds, how long ago it was written.
seconds_since() { seconds=$((now - $(stat -c %Y -- "$1"))); }

look_at_tree() {
  tree_state=empty tree_age='' tree_source='' tree_found='' tree_kept=0
  if [ -e .igor/host ] && [ ! -O .igor/host ]; then
    tree_state=other-owner tree_found=$(encoded "$(stat -c %U .igor/host)")
    return 0
  fi
  look_if_fresh
  if [ ! -s .igor/host/marker ]; then
    [ "$fresh" ] || tree_state=unmarked
    return 0
  fi
  while read -r key value; do
    case $key in
      project) [ "$value" = "$in_project" ] || tree_state=other-project tree_found=$(encoded "$value") ;;
      source) tree_source=$value ;;
    esac
  done <.igor/host/marker
  [ ! -d .igor/host/conflicts ] || tree_kept=$(($(find .igor/host/conflicts ! -type d | wc -l)))
  [ "$tree_state" = empty ] && [ -s .igor/host/generation ] || return 0
  seconds_since .igor/host/generation
  tree_age=$seconds
  read_generation
  tree_state=other
  case " $in_accept " in *" $generation "*) tree_state=known ;; esac
  [ "$generation" != - ] || tree_state=unsure
}

look_at_jobs() {
  for job in .igor/host/jobs/*; do
    [ -e "$job/what" ] || continue
    read -r job_kind job_group _ <"$job/what"
    this_machine
    job_state "$job"
    [ "$job_state" = running ] || continue
    seconds_since "$job/what"
    found task "${job##*/}" "$job_kind" "$job_group" "$seconds"
  done
}

# place: the nearest directory above $root that is there.
look_at_disk() {
  place=$root
  until [ -d "$place" ] || [ -z "$place" ]; do place=${place%/*}; done
  df -Pk "${place:-/}" 2>/dev/null | awk 'NR == 2 { printf "found\tdisk\t%s\t%s\n", $4, $2 }'
}

# These two run beside each other, and the end of one is not the end of the program.
look_at_our_image() (
  scratch=$D/$I.image
  # What fails here is told by the look at the container.
  # shellcheck disable=SC2317
  ev() { :; }
  look_at_image
  created=
  if [ "$image_because" != no-image ]; then
    created=$(engine 10 image inspect -f '{{.Created}}' "$in_image") || created=
    [ "$in_image_hash" != - ] || image_because=unknown
  fi
  found image-state "$in_image" "$image_because" "$created" "$now"
)

# Those that the host keeps, and those that the container does.
look_for_repls() (
  # shellcheck disable=SC2034
  scratch=$D/$I.repls
  for note in "${TMPDIR:-/tmp}"/igor-session.*/note; do
    held=${note%/note}
    if [ -O "$note" ] && read -r verb _ _ container <"$note" && [ "$verb $container" = "repl $in_container" ]; then
      sh -c "$in_kept" igor-look "${held##*/igor-session.}"
    fi
  done
  engine 10 exec --workdir / "$in_container" sh -c "$in_kept" igor-look </dev/null
)

look_at_our_container() (
  # shellcheck disable=SC2034
  scratch=$D/$I.container
  # failed engine-unavailable ENGINE CAUSE, or failed step-failed
  # shellcheck disable=SC2317
  ev() {
    case $2 in engine-unavailable) found engine-state "$3" "$4" ;; *) found engine-state "$in_engine" other ;; esac
  }
  command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
  look_at_container "$in_container"
  asked_repls='' since=''
  if [ "$status" = running ] && container_is_ours; then
    look_for_repls &
    asked_repls=$!
  fi
  if [ "$status" != missing ]; then
    since=$(engine 10 container inspect -f '{{if .State.Running}}{{.State.StartedAt}}{{else}}{{.State.FinishedAt}}{{end}}' \
      "$in_container") || since=
  fi
  if [ "$status" != missing ] && ! container_is_ours; then
    status=foreign because=
  else
    [ "$in_image_hash" != - ] || in_image_hash=$has_image
    decide_container
  fi
  found container-state "$in_container" "$status" "$because" "$since" "$now"
  [ -z "$asked_repls" ] || wait "$asked_repls" || :
)

absolute "$in_dir"
root=$absolute
look_at_our_container >"$D/$I.container" &
asked_container=$!
look_at_our_image >"$D/$I.image" &
asked_image=$!
if [ -d "$root" ] && cd -P -- "$root" 2>/dev/null; then
  root=$(pwd -P)
  look_at_tree
  found tree "$tree_state" "$tree_age" "$tree_source" "$tree_found" "$tree_kept"
  look_at_jobs
else
  found tree missing '' '' '' 0
fi
look_at_disk
wait "$asked_container" || :
wait "$asked_image" || :
cat "$D/$I.image" "$D/$I.container"
