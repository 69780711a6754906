#!/bin/bash
# editors.sh: the Neovims that igor is tested with, from newer Debian releases, beside what the machine has.
#
# In:   nothing but the machine's own package sources: its apt mirror, as configured.
# Out:  stdout: the directory that holds them, e.g. <cache>/neovim-<hash of the recipe>/{0.10.4,0.12.4}/bin/nvim;
#       stderr: progress, and nothing when they are there already.
# Guarantees: a directory with that name is complete (it appears by one rename); any number of runs at once make it
#       once; nothing is installed: apt checks signatures as ever, and the packages are unpacked in the cache. An editor
#       there finds its own libraries and its own ld.so, and runs like any other program.
set -euo pipefail

cache=/var/cache/igor-bed
# Each editor: its version, and the release of Debian that has it. The last one is too old for igor.
editors=(0.10.4:trixie 0.12.4:forky 0.7.2:bookworm)
# Goes up when the recipe changes in a way that the words above do not show.
revision=2

architecture=$(dpkg --print-architecture)
template=$cache/neovim-$(printf '%s' "$revision $architecture ${editors[*]}" | sha256sum | cut -c1-12)
making=$cache/.making-neovim

making_what=neovim
# shellcheck source-path=SCRIPTDIR source=../hosts/debian.sh
. "$(dirname "$0")/../hosts/debian.sh"

# apt with a world of its own: one release, nothing installed, nothing of the machine's own lists and locks touched.
apt_of() { # DIR WORD...
  local dir=$1
  shift
  apt-get -qq -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State="$dir" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir" \
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
    -o APT::Sandbox::User=root -o APT::Install-Recommends=false "$@"
}

unpack_editor() { # VERSION RELEASE
  local version=$1 release=$2 dir=$making/apt-$1 to=$making/template/$1 from found package
  from=$(mirror)
  [ -n "$from" ] || fail "apt has no source with the main component of this Debian release"
  say "$version of Debian $release, and the libraries it needs (apt)"
  mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$to"
  : >"$dir/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $from $release main" >"$dir/sources.list"
  apt_of "$dir" update >"$dir/log" 2>&1 || fail "the package list of $release could not be fetched" "$dir/log"
  found=$(apt-cache -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$dir" \
    -o Dir::State::status="$dir/status" -o Dir::Cache="$dir" -o APT::Architecture="$architecture" madison neovim |
    awk -v version="$version" '{ split($3, parts, "-"); if (parts[1] == version) { print $3; exit } }')
  [ -n "$found" ] || fail "Debian $release has no Neovim $version any more: change the list of editors in this script"
  apt_of "$dir" install -y --download-only "neovim=$found" >"$dir/log" 2>&1 ||
    fail "Neovim $found could not be fetched" "$dir/log"
  for package in "$dir"/archives/*.deb; do dpkg-deb --extract "$package" "$to" 2>>"$dir/log" || fail "$package" "$dir/log"; done
  make_runnable "$to"
}

# The editor takes its own ld.so and libraries; what it starts knows nothing of them.
make_runnable() { # DIR
  local dir=$1 final=$template/${1##*/} library_dirs loader
  rm -rf "${dir:?}"/usr/share/{doc,man,locale,i18n,lintian} "${dir:?}"/usr/lib/*/gconv
  library_dirs=$(find "$dir" -name '*.so*' -path '*lib*' -printf '%h\n' | sort -u | sed "s|^$dir|$final|" | paste -sd: -)
  loader=$(find "$dir" -name 'ld-linux*.so*' -o -name 'ld-[0-9]*.so' | head -n 1)
  [ -n "$loader" ] || fail "the package libc6 has no ld.so"
  mkdir "$dir/bin"
  mv "$dir/usr/bin/nvim" "$dir/bin/nvim"
  ln -s usr/share "$dir/share"
  # The parsers that `:help` and other file types are highlighted with; Neovim looks for them beside its share.
  mkdir -p "$dir/lib"
  ln -s ../usr/lib/nvim "$dir/lib/nvim"
  patchelf --set-interpreter "${loader/#$dir/$final}" --force-rpath --set-rpath "$library_dirs" "$dir/bin/nvim"
}

make() {
  rm -rf --one-file-system "$making"
  mkdir -p "$making/template"
  local editor
  for editor in "${editors[@]}"; do unpack_editor "${editor%%:*}" "${editor#*:}"; done
  mv "$making/template" "$template"
  rm -rf --one-file-system "$making"
  say "ready: $(du -sh "$template" | cut -f1) in $template"
}

if [ ! -d "$template" ]; then
  [ "$(id -u)" = 0 ] || fail "must run as root"
  command -v patchelf >/dev/null || fail "patchelf is missing: scripts/provision.sh installs it"
  mkdir -p "$cache"
  exec 8<"$cache"
  flock 8
  if [ ! -d "$template" ]; then make; fi
fi
echo "$template"
