# Removes what igor made for this project and group on this host.
#
# Inputs: in_engine, in_owner, in_project, in_group, in_dir (the project on the host), in_container, in_image (name:tag),
# in_images (1: the images too), in_spare (1: a container in which something runs stays, and all else, too).
# Events: `job-stopped ID`, `removed container|image NAME`, `image-kept NAME CONTAINERS`, `nothing-to-remove`.
# Guarantees: nothing without the labels of this owner, project and group is touched, and of what has them nothing that
# igor did not make: what a user commits from a container, or runs from that, inherits its labels. An image that a
# container uses stays.
: "${in_engine:?}" "${in_owner:?}" "${in_project:?}" "${in_group:?}" "${in_dir:?}" "${in_container:?}"
: "${in_image:?}" "${in_images=}" "${in_spare=}"
: "${absolute:=}" "${job_state:=}" "${in_job_group:=}"
scratch=${D-}/${I-}.engine
removed=

# ask WORDS: the lines the engine answers, into $scratch.list.
ask() {
  ask_code=0
  engine 10 "$@" >"$scratch.list" || ask_code=$?
  [ "$ask_code" = 0 ] || engine_failed "$ask_code" "list what is on the host"
}

remove() {
  remove_code=0
  engine 60 rm --force "$1" >/dev/null || remove_code=$?
  [ "$remove_code" = 0 ] || engine_failed "$remove_code" "remove the container $2"
  removed=1
  ev removed container "$2"
}

remove_image() {
  users=$(engine 10 ps --all --filter "ancestor=$1" --format '{{.Names}}' | tr '\n' ' ') || users=
  if [ -z "$users" ]; then
    if engine 60 image rm "$1" >/dev/null; then
      removed=1
      ev removed image "$2"
      return 0
    fi
    cat "$scratch.err" >&2
  fi
  # shellcheck disable=SC2086
  ev image-kept "$2" $users
}

command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
absolute "$in_dir"
if [ "$in_spare" ]; then
  status=$(engine 10 container inspect -f '{{.State.Status}}' "$in_container") || status=missing
  refuse_in_use "$in_container" remove
fi
for found in "$absolute"/.igor/host/jobs/*; do
  [ -e "$found/what" ] || continue
  read -r _ group _ <"$found/what"
  [ "$group" = "$in_group" ] || continue
  this_machine
  job_state "$found"
  [ "$job_state" = running ] || continue
  stop_job "$found"
  ev job-stopped "${found##*/}"
done

ask ps --all --no-trunc --filter "label=igor.owner=$in_owner" --filter "label=igor.project=$in_project" \
  --filter "label=igor.group=$in_group" --format '{{.ID}} {{.Names}}'
mv "$scratch.list" "$scratch.containers"
while read -r id name; do
  case $name in "$in_container" | "$in_container.previous") remove "$id" "$name" ;; esac
done <"$scratch.containers"

if [ "$in_images" ]; then
  ask images --no-trunc --filter "label=igor.owner=$in_owner" --filter "label=igor.project=$in_project" \
    --format '{{.ID}} {{.Repository}}:{{.Tag}}'
  mv "$scratch.list" "$scratch.images"
  while read -r id name; do
    case $name in
      "$in_image" | "localhost/$in_image") remove_image "$name" "$name" ;;
      # An older build of it, which lost its name to a newer one.
      '<none>:<none>')
        if grep -qF "${id#sha256:}" "$absolute/.igor/host/images" 2>/dev/null; then remove_image "$id" "$id"; fi
        ;;
    esac
  done <"$scratch.images"
fi
[ "$removed" ] || ev nothing-to-remove
