# Tells what of a project and a group is on this host. Changes nothing.
#
# Inputs: those of look, and in_owner, in_project, in_image (name:tag), in_containers (words GROUP=NAME, for
# all groups of the configuration).
# Out: lines for igor, see findings.ts. What the engine tells comes as it tells it.
: "${in_engine:?}" "${in_owner:?}" "${in_project:?}" "${in_group:?}" "${in_dir:?}" "${in_container:?}" "${in_image:?}"
: "${in_containers:?}" "${absolute:=}"
scratch=${D-}/${I-}.engine
tab=$(printf '\t')

# ask WORDS: what the engine answers, or the end of this program.
ask() {
  ask_code=0
  engine 10 "$@" || ask_code=$?
  [ "$ask_code" = 0 ] || engine_failed "$ask_code" "list what is on the host"
}

list_containers() {
  ask ps --all --no-trunc --filter "label=igor.owner=$in_owner" --filter "label=igor.project=$in_project" \
    --format "found${tab}engine-container${tab}{{.Names}}${tab}{{.Status}}${tab}{{.Image}}${tab}{{.Ports}}${tab}{{.ID}}${tab}{{.Labels}}"
}

list_images() {
  ask images --filter "label=igor.owner=$in_owner" --filter "label=igor.project=$in_project" \
    --format "found${tab}engine-image${tab}{{.Repository}}:{{.Tag}}${tab}{{.ID}}${tab}{{.Size}}${tab}{{.CreatedAt}}"
  # Older builds, which lost their name to a newer one.
  while read -r id _; do found older-image "$id"; done 2>/dev/null <"$absolute/.igor/host/images" || :
}

list_stages() {
  for stage in "$absolute"/.igor/host/stage/*; do
    [ ! -e "$stage" ] || [ -z "$(find "$stage" -prune -mmin +60)" ] || found stage "${stage##*/}"
  done
}

# aside LIST: what it tells, and the words of its tools, go to files: an engine that does not run says so once.
aside() {
  scratch=$scratch.$1
  "$1" >"$scratch.out" 2>"$scratch.words"
}

# list_gpus: what nvidia-smi says, whose processes are those of the host: with their number in their container, and what
# the kernel says of the container.
list_gpus() {
  command -v nvidia-smi >/dev/null 2>&1 || return 0
  asked=nvidia-smi
  ! command -v timeout >/dev/null 2>&1 || asked='timeout 10 nvidia-smi'
  $asked --query-gpu=index,name,memory.used,memory.total --format=csv,noheader,nounits |
    while IFS= read -r line; do found gpu-csv "$line"; done
  $asked --query-compute-apps=pid,used_gpu_memory --format=csv,noheader,nounits |
    while IFS= read -r line; do
      pid=${line%%,*}
      inner=$(sed -n 's/^NSpid:.*[^0-9]\([0-9]*\)$/\1/p' "/proc/$pid/status") || continue
      where=$(tr '\n\t' '  ' <"/proc/$pid/cgroup") || continue
      found gpu-process "$inner" "$where" "$line"
    done
} 2>/dev/null

command -v "$in_engine" >/dev/null 2>&1 || die engine-unavailable "$in_engine" missing
absolute "$in_dir"
found asked "$in_group" "$in_container" "$in_containers" "$in_image" "$(date +%s)" "$(id -u)" "$(id -un)"
# Side by side: each command of the engine takes its time.
for list in list_images look_inside list_gpus; do (aside "$list") & done
list_containers
list_sessions
list_jobs
list_stages
wait
for list in list_images look_inside list_gpus; do
  cat "$scratch.$list.out"
  cat "$scratch.$list.words" >&2
done
