# What every remote program has: events to igor (descriptor 3), and one way to fail.
# Inputs are variables whose names begin with in_; payload is stdin; stdout is the program's answer, stderr the last words of tools.
set -eu

# ev WORDS: one event. Words hold no newline; the line stays under 4096 bytes.
ev() { printf '%s %s ev %s\n' "$N" "$I" "$*" >&3; }

# die REASON [WORDS]: the program ends with a failure that igor has a text for.
die() {
  ev failed "$@"
  exit 1
}

# encoded TEXT: foreign text as one word.
encoded() { printf %s "$1" | base64 | tr -d '\n'; }

# this_machine: sets $lock_host, its name, and $lock_boot, which is another one after each start of it (`-`: not known).
this_machine() {
  lock_boot=-
  if [ -r /proc/sys/kernel/hostname ]; then read -r lock_host </proc/sys/kernel/hostname; else lock_host=$(uname -n); fi
  [ ! -r /proc/sys/kernel/random/boot_id ] || read -r lock_boot </proc/sys/kernel/random/boot_id
}

# look_for_rsync: sets $flavour: rsync, openrsync or none, and $rsync_version, what it says of itself.
look_for_rsync() {
  flavour=none rsync_version=
  command -v rsync >/dev/null 2>&1 || return 0
  rsync_version=$(rsync --version 2>/dev/null) || :
  case $rsync_version in *openrsync*) flavour=openrsync ;; *) flavour=rsync ;; esac
}

# own_login: sets $login, ours as a part of a path, e.g. `kim-lab.org`: it names our home in the container.
own_login() { login=$(id -un | tr -c 'A-Za-z0-9_.\n-' -); }

# decode WORD: sets $decoded to a path as the lists of igor hold it (backslash and newline escaped for printf %b).
decode() {
  case $1 in
    *\\*)
      decoded=$(printf '%bx' "$1")
      decoded=${decoded%x}
      ;;
    *) decoded=$1 ;;
  esac
}

# shellcheck disable=SC2088
# absolute DIR: sets $absolute; `~/x` is below the home directory.
absolute() {
  case $1 in
    "~") absolute=$HOME ;;
    "~/"*) absolute=$HOME/${1#??} ;;
    *) absolute=$1 ;;
  esac
}
