# What runs in a container of this host. Inputs: those of container-engine; in_replace (1: it may be ended), $status of it.
: "${in_replace=}" "${status:=}" "${scratch:=}"

# list_processes NAME: sets $processes, what runs in the container beside its idle process, as lines `PID COMMAND`.
# It is asked inside, with nothing but sh: the host's ps may know no columns, and the container may have none.
# shellcheck disable=SC2016
list_processes() {
  processes=$(engine 10 exec --workdir / "$1" sh -c '
    for p in /proc/[0-9]*; do
      case $p in /proc/1 | "/proc/$$") continue ;; esac
      c=
      if command -v tr >/dev/null; then c=$(tr "\000\n" "  " <"$p/cmdline"); else IFS= read -r c <"$p/cmdline"; fi
      case $c in "" | *igor-idle* | *igor-look* | *igor-end* | *igor-repl* | "sleep 2147483" | "sleep 2147483 " | sleep2147483) continue ;; esac
      printf "%s %.100s\n" "${p#/proc/}" "$c"
    done 2>/dev/null
    echo end' igor-look) || processes="? could not be listed: $(head -n 1 "$scratch.err" | cut -c 1-200)
end"
  processes=${processes%end}
}

# refuse_in_use NAME [remove]: a container in which something runs is not replaced, or removed, unless that was asked for.
# In one that is paused nothing can be asked.
refuse_in_use() {
  case $status in running | paused) ;; *) return 0 ;; esac
  [ -z "$in_replace" ] || return 0
  list_processes "$1"
  [ -z "$processes" ] || die container-in-use "$1" "$(encoded "$(printf %s "$processes" | head -n 20)")" "${2:-replace}"
}
