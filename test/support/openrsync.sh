#!/bin/sh
# Stands in for openrsync, which macOS and OpenBSD call rsync: it refuses the options that openrsync does not know, as
# openrsync does, and is rsync for the rest.
for word; do
  case $word in
    --version)
      echo 'openrsync: protocol version 29'
      echo 'rsync version 2.6.9 compatible'
      exit
      ;;
    --files-from* | --from0 | --no-inc-recursive | --no-i-r | --delay-updates | --partial-dir* | --inplace | --mkpath | \
      --info* | --checksum-choice* | --delete-missing-args | --ignore-missing-args | --chmod* | --outbuf* | \
      --checksum-seed* | -i | -s)
      echo "rsync: unrecognized option \`$word'" >&2
      exit 1
      ;;
  esac
done
exec /usr/bin/rsync "$@"
