# The directory on the host that holds the project: is it ours to write to?
# open_target makes it when it is missing, refuses it when it is not plainly ours, and leaves us inside, with
#   $root        its physical path
#   $generation  the generation igor last completed there; `-` when there is none, or when the tree may have lost it since
#   $fresh       1 when nothing but igor's own directory is in it
# Inputs: in_base (directory that holds projects), in_dir (<base>/<project>), in_project, in_commit (first commit of the
# project's git history or -), in_source (laptop and checkout, encoded), in_adopt (1: take over files that are there).
: "${lock_host:=}" "${lock_boot:=}" "${in_base:?}" "${in_dir:?}" "${in_project:?}" "${in_commit:=-}" "${in_source:?}" "${in_adopt=}"

refuse() { die target-refused "$@"; }

open_target() {
  absolute "$in_base"
  base=$absolute
  absolute "$in_dir"
  root=$absolute
  home=$HOME
  ! cd -P -- "$HOME" 2>/dev/null || home=$PWD
  case $root in / | "$HOME" | "$home" | *[!/]/.. | */../*) refuse root "$(encoded "$root")" ;; esac
  if [ ! -e "$root" ] && [ ! -L "$root" ]; then
    # Another igor may make it at the same time.
    { mkdir -p -- "$base" && { mkdir -m 700 -- "$root" || [ -d "$root" ]; }; } || die not-writable "$(encoded "$base")"
  fi
  [ -d "$root" ] || refuse not-a-directory "$(encoded "$root")"
  cd -P -- "$base" || die not-writable "$(encoded "$base")"
  base=$PWD
  cd -P -- "$root" || die not-writable "$(encoded "$root")"
  root=$PWD
  case $home/ in "$root"/*) refuse home "$(encoded "$root")" ;; esac
  # A project directory that is a link leads out of the directory the user named.
  case $root in "${base%/}"/*) ;; *) refuse outside "$(encoded "$in_dir")" "$(encoded "$root")" ;; esac
  if [ -L .igor ] || [ -L .igor/host ]; then die symlink-in-the-way "$(encoded .igor)"; fi

  look_if_fresh
  if [ -e .igor/host ]; then
    [ -O .igor/host ] || refuse other-owner "$(encoded "$root")" "$(encoded "$(stat -c %U .igor/host)")"
  else
    [ "$fresh" ] || [ "$in_adopt" ] || refuse has-files "$(encoded "$root")"
    { mkdir -p .igor && { mkdir -m 700 .igor/host || [ -d .igor/host ]; }; } || die not-writable "$(encoded "$root")"
  fi
  check_marker
  read_generation
}

look_if_fresh() {
  fresh=1
  for f in * .[!.]* ..?*; do
    [ "$f" = .igor ] || { [ ! -e "$f" ] && [ ! -L "$f" ]; } || { fresh=; break; }
  done
}

# read_generation: nothing waits for a disk, so a machine that stopped may have lost files and kept their generation: the
# generation holds on the boot it was written on (and on another machine that has the directory mounted).
read_generation() {
  generation=- generation_boot='' generation_host=''
  [ "$fresh" ] || [ ! -s .igor/host/generation ] ||
    read -r generation generation_boot generation_host <.igor/host/generation
  this_machine
  [ "$generation_host" != "$lock_host" ] || [ "$generation_boot" = "$lock_boot" ] || generation=-
}

# The marker says whose directory this is: `project NAME`, `commit HASH` and `source WHERE` lines.
check_marker() {
  was_project='' was_commit=- was_source=''
  if [ -s .igor/host/marker ]; then
    while read -r key value; do
      case $key in project) was_project=$value ;; commit) was_commit=$value ;; source) was_source=$value ;; esac
    done <.igor/host/marker
    if [ -z "$in_adopt" ]; then
      [ "$was_project" = "$in_project" ] || refuse other-project "$(encoded "$root")" "$(encoded "$was_project")"
      [ "$was_commit" = "$in_commit" ] || [ "$was_commit" = - ] ||
        refuse other-project "$(encoded "$root")" "$(encoded "$was_project, another git history")"
    fi
    [ "$was_source" = "$in_source" ] || ev new-source "$was_source"
  elif [ -z "$fresh" ]; then
    [ "$in_adopt" ] || refuse has-files "$(encoded "$root")"
    ev adopted "$(encoded "$root")"
  fi
  [ "$was_project $was_commit $was_source" != "$in_project $in_commit $in_source" ] || return 0
  {
    printf 'project %s\ncommit %s\nsource %s\n' "$in_project" "$in_commit" "$in_source" >".igor/host/marker.$$" &&
      mv -f ".igor/host/marker.$$" .igor/host/marker
  } || die not-writable "$(encoded "$root/.igor/host")"
}
