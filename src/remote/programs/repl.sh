# repl: attaches to the REPL that is kept in the container, or starts it; see repl-attach. Where the container has nothing
# that could keep it, the host does.
#
# In    the inputs of exec-session and exec without in_kill; in_lease is empty: whoever holds the REPL ends it
#       in_key      which REPL
#       in_python   the Python of the configuration, which is tried first
#       in_find, in_load, in_attach, in_hold, in_end, in_wrapper   the programs, as text
#       in_attach_words   the words of repl-attach, as words quoted for sh
#       stdin: as repl-attach; and behind the end of a line one that answers to A: in_exec and in_kill, packed
# Out   stdout: frames of repl-hold; A where the programs are needed that keep a REPL on the host; or N with why there is no REPL: as outcomes have it, or as repl-attach tells it, or
#       why neither container nor host can keep one: no-python, no-place (of the container), no-place-of-host; stderr: the engine's words
# Guarantees: an engine that does not answer is told after ten seconds; a REPL that the host keeps is found there, whatever
#       the container has by now.
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export PATH

# refuse WHY
refuse() {
  printf 'N%08x%s' "${#1}" "$1"
  exit 125
}

# in_container: sets $code.
in_container() {
  set -- exec -i -e "TERM=$in_term" -e "IGOR_REPL=$in_attach" -e "IGOR_HOLD=$in_hold" -e "IGOR_END=$in_end" -e "IGOR_WORDS=$in_wrapper"
  [ -z "$in_colorterm" ] || set -- "$@" -e "COLORTERM=$in_colorterm"
  absolute "$in_root"
  number=$(stat -c %i "$absolute/." 2>/dev/null) || number=
  set -- "$@" -e "IGOR_ROOT=$number" "$in_container" /bin/sh -c "$in_find" igor-repl "$in_python" "$in_load"
  eval "set -- \"\$@\" $in_attach_words $in_words"
  exec 4<&0
  "$in_engine" "$@" <&4 &
  client=$!
  {
    sleep 5
    answers || kill "$client"
  } >/dev/null 2>&1 </dev/null 4<&- &
  watch=$!
  code=0
  wait "$client" || code=$?
  kill "$watch" 2>/dev/null || :
  exec 0<&4 4<&-
}

command -v "$in_engine" >/dev/null 2>&1 || refuse 'engine-unavailable missing'
is_here=
for kept in /tmp/igor-repl.*/"$in_key".* /dev/shm/igor-repl.*/"$in_key".*; do
  # What other users have put there is not believed; nor is what a container has, whose /tmp this may be.
  if [ -L "${kept%/*}" ] || [ ! -O "${kept%/*}" ] || [ -L "$kept" ] || [ ! -O "$kept" ]; then continue; fi
  [ ! -e "${TMPDIR:-/tmp}/igor-session.${kept##*.}/note" ] || is_here=1
done
not_kept=no-python
if [ -z "$is_here" ]; then
  in_container
  case $code in
    0) exit 0 ;;
    96) ;;
    97) not_kept=no-place ;;
    94) refuse 'no-container other-directory' ;;
    143) refuse 'engine-unavailable not-answering' ;;
    *)
      why_not
      refuse "${why:-not-started $code}"
      ;;
  esac
fi
printf 'A%08x' 0
# igor is gone, or it says what is needed.
{ read -r _ && read -r packed; } || exit 125
in_exec='' in_kill=''
unset GZIP
eval "$(printf %s "$packed" | base64 -d | gzip -dc)"
# The same on the host, of exec, which has its inputs from the environment.
eval "set -- $in_attach_words"
export in_session in_root in_engine in_container in_workspace in_directory in_tty in_term in_colorterm in_words in_wrapper
export in_lease in_signal in_grace in_verb in_from in_kill in_end
code=0
IGOR_REPL=$in_attach IGOR_HOLD=$in_hold IGOR_END=$in_end IGOR_KILL=$in_kill /bin/sh -c "$in_find" igor-repl python3 "$in_load" \
  "$@" "$in_exec" igor-exec || code=$?
case $code in
  0) exit 0 ;;
  97) refuse no-place-of-host ;;
  96) refuse "$not_kept" ;;
  *) refuse "not-started $code" ;;
esac
