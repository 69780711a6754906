# shellcheck shell=bash
# debian.sh, sourced by what is made of Debian's packages: how that speaks, and where the packages are.
#
# In:   making_what   what is made, as a word before each message
: "${making_what:?}"

say() { printf '%s: %s\n' "$making_what" "$*" >&2; }
fail() { # WHAT [LOG]: says what did not work, with the tool's own last words
  say "$1"
  if [ -n "${2:-}" ]; then tail -n 15 "$2" | sed 's/^/    /' >&2; fi
  exit 1
}

# The mirror that apt uses here, e.g. `https://mirror.example/debian`.
mirror() {
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2016 # apt-get fills these in
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }'
}
