# What exec, guard, outcome and exec-kill share: where a session keeps its files on the host, and how its end is started.
#
# In    in_session    id of the session, chosen on the laptop: letters and digits
#       in_root       directory of the project on the host: absolute, or ~/...
#       in_engine     docker | podman
#       in_container  name of the container
#       in_signal     what the processes get first when the session ends: TERM, or HUP where they had a terminal
#       in_grace      seconds between that and KILL
#       in_kill, in_end   the programs exec-kill and exec-end, as text
#
# $mine, on the host only:     pid (of exec), note (see look.sh), guarded, asked (the engine, to run it),
#   released (see exec), stop, ending -> pid (of exec-kill), words, outcome,
#   again (igor gave up an attempt of which nothing was known here)
# $shared, in the container $inside:  leader (pid and start time there), no-directory, and stop/,
#   made as a directory: a link that something in the container put there leads to no file of the host
umask 077
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export PATH
mine=${TMPDIR:-/tmp}/igor-session.$in_session
absolute "$in_root"
home=$absolute/.igor/host/home
shared=$home/.igor-sessions/$in_session
own_login
inside=/home/$login/.igor-sessions/$in_session

# open_mine: $mine is there, and a directory of this user. The id stands on a command line: another user of the host may
# have seen it, and made a directory or a link of that name first. One look, since two could see two things; it is made
# anew when it goes before that, because igor has heard how the session ended.
open_mine() {
  mkdir "$mine" 2>/dev/null || is_mine || mkdir "$mine" 2>/dev/null || {
    echo "igor: $mine cannot be made, or belongs to another user of this host; nothing was started" >&2
    exit 125
  }
}
is_mine() { case $(stat -c '%A %u' "$mine" 2>/dev/null) in d*" $(id -u)") ;; *) return 1 ;; esac }

# open_shared: the directory that host and container both see, open to whatever user the container has. The one above it
# is closed to everybody else, and the name cannot be guessed. No home: igor did not make that container.
open_shared() {
  [ -d "$home" ] && [ ! -L "${shared%/*}" ] || return 0
  if [ ! -d "${shared%/*}" ]; then
    mkdir -p "${shared%/*}" && chmod 711 "${shared%/*}" && chmod a+x "$home"
  fi
  [ -d "$shared" ] || mkdir -m 777 "$shared" 2>/dev/null || [ -d "$shared" ]
}

# detach WORDS: exec-kill in a session of its own, out of reach of whatever ends us; sets $killer. It is told in_outcome,
# how the command has ended, where that is known: the file that says so goes as soon as igor has read it.
: "${in_outcome=}"
detach() {
  export in_outcome in_session in_root in_engine in_container in_signal in_grace in_kill in_end
  if command -v setsid >/dev/null 2>&1; then
    setsid /bin/sh -c "$in_kill" igor-kill "$@" </dev/null >/dev/null 2>&1 3>&- &
  else
    /bin/sh -c "$in_kill" igor-kill "$@" </dev/null >/dev/null 2>&1 3>&- &
  fi
  killer=$!
}
