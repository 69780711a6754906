# Whether a container still sees the project's directory of this host. Inputs: in_workspace, the directory in the container.

# sees_other PID DIRECTORY NUMBER: it sees another one than what DIRECTORY is now, which was deleted or moved and made anew.
# PID is its first process, which is in the workspace. Where this user may not look at that, NUMBER, the inode of the
# directory that it was made with, tells; else what igor made in DIRECTORY for its containers. For containers of igor only.
sees_other() {
  # shellcheck disable=SC3013
  if [ "/proc/$1/cwd" -ef "/proc/$1/root$in_workspace" ]; then
    [ ! "/proc/$1/cwd" -ef "$2" ]
  elif [ "$3" ]; then
    [ "$(stat -c %i "$2/." 2>/dev/null)" != "$3" ]
  else
    [ ! -d "$2/.igor/host/nothing" ]
  fi
}
