# What this host needs for a container: users, and what it has of GPUs. Inputs: see container.sh.
: "${in_engine:?}" "${in_container_user:?}" "${in_gpus:?}"

# find_means: what this host needs so that files in the mount belong to its user, and what it has for GPUs.
# Sets $user_words, $gpu_words and $gpu_found.
find_means() {
  means_code='' means='' user_words=
  case $in_engine in
    podman)
      [ "$in_container_user" = image ] || {
        user_words="--user $(id -u):$(id -g)"
        [ "$(id -u)" = 0 ] || user_words="--userns keep-id $user_words"
      }
      # It takes half a second to tell all it knows, and nothing else of that is wanted.
      [ ! -e /sys/fs/selinux/enforce ] || means='"name=selinux'
      ;;
    *)
      means=$(engine 10 info --format '{{json .}}') || means_code=$?
      [ -z "$means_code" ] || engine_failed "$means_code" "ask the engine what it can do"
      if [ "$in_container_user" != image ]; then
        case $means in
          *'"name=rootless'*) user_words='--user 0:0' ;;
          *'"name=userns'*) user_words="--userns host --user $(id -u):$(id -g)" ;;
          *) user_words="--user $(id -u):$(id -g)" ;;
        esac
      fi
      ;;
  esac
  case $means in *'"name=selinux'*) user_words="$user_words --security-opt label=disable" ;; esac
  find_gpus
}

# stops_at_logout: whether systemd ends the containers of this user with the last login. The ssh connection is one.
stops_at_logout() {
  [ "$in_engine" = podman ] && [ "$(id -u)" != 0 ] || return 1
  [ "$(loginctl show-user "$(id -un)" --property Linger 2>/dev/null)" = Linger=no ]
}

find_gpus() {
  gpu_words='' gpu_found=''
  cdi=
  for f in /etc/cdi/*nvidia* /var/run/cdi/*nvidia*; do [ ! -e "$f" ] || cdi=1; done
  case $in_gpus in
    none) return 0 ;;
    auto)
      if [ ! -e /dev/nvidiactl ] && ! nvidia-smi -L >/dev/null 2>&1; then
        gpu_found=none
        return 0
      fi
      gpu_devices=all
      ;;
    *) gpu_devices=$in_gpus ;;
  esac
  runtime=
  if [ "$in_engine" = docker ]; then
    case $means in *'"nvidia":{'*) runtime=1 ;; esac
    ! command -v nvidia-container-runtime-hook >/dev/null 2>&1 || runtime=1
  fi
  if [ "$cdi" ] && [ -z "$runtime" ]; then
    gpu_found=cdi
    case $gpu_devices in
      all) gpu_words='--device nvidia.com/gpu=all' ;;
      *) for f in $(printf %s "${gpu_devices#device=}" | tr , ' '); do gpu_words="$gpu_words --device nvidia.com/gpu=$f"; done ;;
    esac
  elif [ "$runtime" ]; then
    gpu_found=runtime
    gpu_words="--gpus \"$gpu_devices\""
    [ "$gpu_devices" != all ] || gpu_words='--gpus all'
  elif [ "$in_gpus" = auto ]; then
    gpu_found=no-runtime
  elif [ "$in_engine" = podman ]; then
    # podman ignores --gpus without a word.
    not_made gpu
  else
    gpu_words="--gpus \"$gpu_devices\""
    [ "$gpu_devices" != all ] || gpu_words='--gpus all'
  fi
}
