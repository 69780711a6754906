# shellcheck shell=bash
# bed-network.sh, sourced by bed.sh: the bed's number, its switch, its names and keys.
# Needs fail, hosts_of_bed, lock_beds, unlock_beds of bed.sh.
: "${bed:?}" "${beds:?}" "${state:?}"

number() { cat "$state/number"; }
switch_of_bed() { echo "ig$(number)-sw"; }
address_of() { echo "10.99.$(number).$((10 + $(<"$state/host/$1/index")))"; }
# The address that tun-relay.py gives a host; only there while it runs.
far_address_of() { echo "10.98.$(number).$((10 + $(<"$state/host/$1/index")))"; }

# The bed's number, chosen once: `igor` begins to look at 0, others at a place that their name gives.
choose_number() {
  local try taken candidate
  [ ! -s "$state/number" ] || return 0
  lock_beds
  taken=" $(cat "$beds"/*/number 2>/dev/null | tr '\n' ' ' || true) "
  candidate=0
  if [ "$bed" != igor ]; then candidate=$(($(printf %s "$bed" | cksum | cut -d' ' -f1) % 250 + 1)); fi
  for try in $(seq 1 250); do
    if [[ $taken != *" $candidate "* ]] && [ ! -e "/sys/class/net/ig${candidate}dev" ] &&
      [ ! -e "/run/netns/ig$candidate-sw" ] && [ -z "$(ip -4 route show root "10.99.$candidate.0/24")" ]; then
      echo "$candidate" >"$state/number"
      unlock_beds
      return
    fi
    candidate=$((candidate % 250 + 1))
  done
  fail "no free network among 10.99.0.0/24 to 10.99.250.0/24 ($try tried)"
}

make_network() {
  local n switch
  n=$(number) switch=$(switch_of_bed)
  if [ -e "$state/network" ] && [ -e "/run/netns/$switch" ] && [ -e "/sys/class/net/ig${n}dev" ]; then return; fi
  remove_network
  ip netns add "$switch"
  ip -n "$switch" link set lo up
  ip -n "$switch" link add br0 type bridge
  ip -n "$switch" link set br0 up
  # Fixed hardware addresses: a neighbour's stale entry would cost a minute of retries.
  ip link add "ig${n}dev" address "$(hardware_address 0)" type veth peer name "ig${n}devp" netns "$switch"
  ip -n "$switch" link set "ig${n}devp" master br0 up
  ip addr add "10.99.$n.1/24" dev "ig${n}dev"
  ip link set "ig${n}dev" up
  : >"$state/network"
}

hardware_address() { printf '02:99:00:%02x:00:%02x' "$(number)" "$1"; } # INDEX

remove_network() {
  local n namespace
  [ -s "$state/number" ] || return 0
  n=$(number)
  rm -f "$state/network"
  ip link del "ig${n}dev" 2>/dev/null || true
  for namespace in /run/netns/"ig$n"-*; do
    [ ! -e "$namespace" ] || ip netns del "${namespace##*/}" || true
  done
}

# `ip netns` leaves its directory mounted; nobody else uses it when it is empty.
forget_namespaces() {
  rmdir /run/netns 2>/dev/null || { [ -d /run/netns ] && [ -z "$(ls /run/netns)" ] && umount /run/netns && rmdir /run/netns; } || true
}

make_keys() {
  mkdir -p "$state/host" "$state/bin"
  if [ ! -s "$state/client-key.pub" ]; then
    rm -f "$state/client-key"
    ssh-keygen -q -t ed25519 -N '' -C "laptop of bed $bed" -f "$state/client-key"
  fi
  # Of several -F ssh takes the last, so the caller's own wins.
  write "$state/bin/ssh" <<END
#!/bin/sh
exec /usr/bin/ssh -F "\${IGOR_BED_SSH_CONFIG:-$state/ssh_config}" "\$@"
END
  chmod 755 "$state/bin/ssh"
}

make_identity() { # NAME: its place in the network and its host key, the same for as long as the bed stands
  local directory=$state/host/$1 index=1
  mkdir -p "$directory"
  if [ ! -s "$directory/index" ]; then
    while grep -qsx "$index" "$state"/host/*/index; do index=$((index + 1)); done
    [ "$index" -le 200 ] || fail "a bed holds 200 hosts"
    echo "$index" >"$directory/index"
  fi
  if [ ! -s "$directory/host-key.pub" ]; then
    rm -f "$directory/host-key"
    ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$directory/host-key"
  fi
}

write() { # FILE: replaces it in one step by what comes on stdin
  cat >"$1.new"
  mv "$1.new" "$1"
}

write_names() { # what the laptop and the hosts know of the hosts
  local name n all=""
  n=$(number)
  for name in $(hosts_of_bed); do all+=" $name $name-far"; done
  for name in $(hosts_of_bed); do
    echo "$name,$(address_of "$name"),$(far_address_of "$name") $(cut -d' ' -f1,2 "$state/host/$name/host-key.pub")"
  done | write "$state/known_hosts"
  {
    for name in $(hosts_of_bed); do
      printf 'Host %s\n  HostName %s\n' "$name" "$(address_of "$name")" "$name-far" "$(far_address_of "$name")"
    done
    cat <<END
Host$all 10.99.$n.* 10.98.$n.*
  User dino
  IdentityFile $state/client-key
  IdentitiesOnly yes
  UserKnownHostsFile $state/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
END
  } | write "$state/ssh_config"
  # In place: running hosts have this very file mounted.
  {
    echo '127.0.0.1 localhost'
    for name in $(hosts_of_bed); do echo "$(address_of "$name") $name"; done
  } >"$state/hosts"
}
