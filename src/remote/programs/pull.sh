# pull: tells what there is to bring, and sends it. Nothing in the project's directory is touched.
#
# Inputs: in_dir (the project's directory: absolute, or ~/...), in_project; in_do:
#   list  tells what matches in_wanted, lines in twos: where to begin (./PATH or .), and a pattern for all of the path
#   look  tells how the files of the payload look now
#   send  sends the files of the payload, and tells how they look then
#   sum   tells the SHA-256 of each file of the payload, one to a line, `-` for what cannot be read
# Payload: paths, ./PATH each, ended by NUL; for list nothing.
# Events: `tree ROOT RSYNC` (list): where the directory really is, - when there is none, and which rsync is there.
# Answer (stdout): gzipped lines, paths as ./PATH; names in base64 (F, L, s) where they may hold a newline:
#   f MODE SIZE SECONDS.NANOSECONDS PATH   F MODE SIZE SECONDS.NANOSECONDS PATH64   a file
#   l PATH, and in the next line > TARGET  L PATH64 TARGET64                        a symbolic link
#   s PATH64                                                                        neither, nor a directory
#   For send a line with the length of that, that, and a tar.gz. What cannot be looked at is told on stderr.
# Guarantees: no link is followed; .git and igor's own directory are not looked into.
: "${in_dir:?}" "${in_project:?}" "${in_do:?}" "${in_wanted=}"

newline='
'
format='f %a %s %.9Y %n'
case $(stat -c %.9Y / 2>/dev/null) in *.?????????) ;; *) format='f %a %s %Y %n' ;; esac

# What a line of stat does not tell, one by one.
# shellcheck disable=SC2016
odd='newline=$1
format=${2% *}
shift 2
word() { printf %s "$1" | base64 | tr -d "\n"; }
for f; do
if [ -L "$f" ]; then
to=$(readlink "$f") || continue
case $f$to in
*"$newline"*) echo "L $(word "$f") $(word "$to")" ;;
*) printf "l %s\n> %s\n" "$f" "$to" ;;
esac
elif [ -f "$f" ]; then
state=$(stat -c "${format#? }" "$f") && echo "F $state $(word "$f")"
elif [ -e "$f" ]; then
echo "s $(word "$f")"
fi
done'

# With the two above, a pattern and where to begin: a line for each file. busybox runs no `-exec {} +` in brackets.
# shellcheck disable=SC2016
tell='newline=$1 format=$2 odd=$3 match=$4
shift 4
find "$@" "(" -name .git -o -path ./.igor ")" -prune -o -type d -o ! -path "$match" ! -path "$match/*" -o -type f ! -path "*$newline*" -exec stat -c "$format" {} + -o -exec sh -c "$odd" sh "$newline" "$format" {} +'

# tell_from PATTERN START
tell_from() { sh -c "$tell" sh "$newline" "$format" "$odd" "$1" "$2" || :; }

# look: the files on stdin.
look() { xargs -0 -r -n 200 sh -c "$tell" sh "$newline" "$format" "$odd" '*' || :; }

# reach PATH: it is there, and no directory on the way is a link; such a link is told in its place.
reach() {
  part=. rest=${1#.}
  rest=${rest#/}
  while [ "$rest" != "${rest#*/}" ]; do
    part=$part/${rest%%/*} rest=${rest#*/}
    [ ! -L "$part" ] || { tell_from '*' "$part"; return 1; }
  done
  [ -e "$1" ] || [ -L "$1" ]
}

list_wanted() {
  while IFS= read -r line; do
    decode "$line"
    start=$decoded
    IFS= read -r line || :
    decode "$line"
    ! reach "$start" || tell_from "$decoded" "$start"
  done <<END
$in_wanted
END
}

send_files() {
  cat >"$D/$I.paths"
  { xargs -0 -r -n 200 tar -cf - <"$D/$I.paths" || :; } | gzip -c >"$D/$I.tar"
  look <"$D/$I.paths" | gzip -c >"$D/$I.told"
  echo "$(($(wc -c <"$D/$I.told")))"
  cat "$D/$I.told" "$D/$I.tar"
}

# shellcheck disable=SC2016
sum_files() {
  xargs -0 -r -n 200 sh -c 'for f; do sum=$(sha256sum <"$f") || sum=-; echo "${sum%% *}"; done' sh || :
}

# tell_tree: where we are, and whether rsync can send from here.
tell_tree() {
  look_for_rsync
  ev tree "$(encoded "$root")" "$flavour"
}

# check_project: the directory may hold another project of that name's place.
check_project() {
  [ -s .igor/host/marker ] || return 0
  while read -r key value; do
    case $key in
      project) [ "$value" = "$in_project" ] || die target-refused other-project "$(encoded "$root")" "$(encoded "$value")" ;;
    esac
  done <.igor/host/marker
}

absolute "$in_dir"
[ -d "$absolute" ] || { ev tree - none; exit 0; }
cd -P -- "$absolute" || exit
root=$(pwd -P)
check_project
case $in_do in
  list)
    tell_tree
    list_wanted | gzip -c
    ;;
  look) look | gzip -c ;;
  send) send_files ;;
  sum) sum_files | gzip -c ;;
esac
