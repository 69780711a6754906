# repl-find: finds a Python that can run repl-attach, and runs it. In the container, or on the host.
#
# In    $1 the Python of the configuration, $2 what loads IGOR_REPL in it, then the words of repl-attach
# Out   see repl-attach; exit code 96 where there is none, or only one older than 3.7
python=$1 load=$2
shift 2
for each in "$python" python3; do
  command -v "$each" >/dev/null 2>&1 || continue
  code=0
  "$each" -I -S -c "$load" "$@" || code=$?
  # Above 90 they are ours, or a signal; what else there is comes of something that is no Python, or too old a one.
  case $code in 96) ;; 0 | 9[0-9] | 1[3-9][0-9] | 2??) exit "$code" ;; esac
done
exit 96
