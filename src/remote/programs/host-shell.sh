# The host shell: one resident loop at the far end of a channel (ssh to a host, kubectl exec to a pod).
#
# In    $1 nonce, $2 seconds without a ping after which the link counts as dead (0: never);
#       on stdin, header lines and bodies:
#         NONCE ID run TEXTLEN PAYLOADLEN   then TEXTLEN bytes of gzipped program, PAYLOADLEN bytes for its stdin
#         NONCE ID run TEXTLEN PAYLOADLEN NAME INPUTS   the same for a program that is kept under a name, without its
#                                           inputs: they are assignments; without a text (TEXTLEN 0) it came before
#         NONCE ID kill SIGNAL              to everything the program of frame ID started
#         NONCE 0 ping K
# Out   lines of at most 4096 bytes, each in one write, so that frames side by side never mix:
#         NONCE 0 hello VERSION PID   NONCE 0 pong K   NONCE ID ev WORDS   NONCE ID o|e BASE64   NONCE ID rc N
#         NONCE 0 full BASE64         there is no room for the frame in the directory that is named
#       While a frame is arriving, pings wait behind it: its bytes count as pings, and are answered with a pong.
# Guarantees: a frame that does not arrive whole runs nothing; each frame runs in a session of its own;
#       when the channel closes, pings stop, or this loop is killed, every frame gets TERM and a second later KILL,
#       and no file stays.
N=$1
umask 077
LC_ALL=C
export LC_ALL
unset CDPATH ENV BASH_ENV TAR_OPTIONS GZIP GREP_OPTIONS POSIXLY_CORRECT
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export PATH
D=${TMPDIR:-/tmp}/igor.$N
mkdir "$D" || exit 90
echo $$ >"$D/pid"
exec 3>&1
trap '' PIPE

say() { printf '%s %s\n' "$N" "$*" >&3; }

# busybox `head -c` reads more than it should and a plain dd returns short blocks from a pipe: find out what is exact here.
if [ "$(printf abcdef | { dd bs=3 count=1 iflag=fullblock >/dev/null 2>&1; cat; })" = def ]; then exact=1; else exact=; fi

# whole SIZE COUNT FILE: so many blocks of stdin, all of them whole; dd itself says how many were.
whole() {
  [ "$2" -gt 0 ] || return 0
  dd bs="$1" count="$2" iflag=fullblock 2>"$D/blocks" >>"$3" && read -r blocks <"$D/blocks" && [ "${blocks%% *}" = "$2+0" ]
}

# receive BYTES FILE: exactly that many bytes of stdin, or failure.
receive() {
  # Not `: >`, whose failure would end a POSIX shell.
  printf '' >"$2" || return 1
  [ "$1" -gt 0 ] || return 0
  if [ "$exact" ]; then
    whole 16384 $(($1 / 16384)) "$2" && whole $(($1 % 16384)) $(($1 % 16384 > 0)) "$2"
  else
    rest=$1
    while [ "$rest" -gt 0 ]; do
      block=16384
      [ "$rest" -ge 16384 ] || block=$rest
      dd bs="$block" count=1 of="$2.block" 2>/dev/null
      got=$(($(wc -c <"$2.block")))
      [ "$got" -gt 0 ] || return 1
      cat "$2.block" >>"$2"
      rest=$((rest - got))
    done
    [ $(($(wc -c <"$2"))) -eq "$1" ]
  fi
}

# unpack ID NAME INPUTS: the program, which looks first whether a signal came before it could hear one.
# shellcheck disable=SC2016
unpack() {
  first='[ ! -s "$D/$I.signal" ] || exit 143'
  if [ "$2" ]; then
    [ ! -s "$D/$1.z" ] || gzip -dc <"$D/$1.z" >"$D/$2.kept" || return 1
    # A cleaner of temporary files may have taken it.
    [ -e "$D/$2.kept" ] || return 1
    printf '%s\n' "$first" "$3" ". \"\$D/$2.kept\"" >"$D/$1.t"
  else
    { echo "$first" && gzip -dc <"$D/$1.z"; } >"$D/$1.t"
  fi
}

# ship FILE PREFIX: a file as base64 lines, each written at once.
ship() {
  [ ! -s "$1" ] || base64 -w 3000 <"$1" | awk -v p="$2 " '{print p $0; fflush()}' >&3
}

# start ID: the program $D/ID.t with stdin $D/ID.p.
start() {
  (
    I=$1
    export N D I
    if command -v setsid >/dev/null 2>&1; then
      setsid /bin/sh "$D/$1.t" <"$D/$1.p" >"$D/$1.o" 2>"$D/$1.e" &
    else
      /bin/sh "$D/$1.t" <"$D/$1.p" >"$D/$1.o" 2>"$D/$1.e" &
    fi
    echo $! >"$D/$1.pid"
    # A signal that came before that, after the program had looked.
    [ ! -s "$D/$1.signal" ] || { read -r early <"$D/$1.signal" && signal "$1" "$early"; }
    # Some shells tell here that a signal ended it.
    wait $! 2>/dev/null
    code=$?
    ship "$D/$1.o" "$N $1 o"
    ship "$D/$1.e" "$N $1 e"
    printf '%s %s rc %s\n' "$N" "$1" "$code" >&3
    rm -f "$D/$1".*
  ) &
}

# signal ID SIGNAL: `kill -TERM -PID` is the one spelling for a group that every sh understands.
signal() {
  [ -e "$D/$1.t" ] || return 0
  echo "$2" >"$D/$1.signal"
  [ -s "$D/$1.pid" ] && read -r target <"$D/$1.pid" || return 0
  kill "-$2" "-$target" 2>/dev/null || kill "-$2" "$target" 2>/dev/null || :
}

every() {
  for f in "$D"/*.t; do
    [ -e "$f" ] || continue
    f=${f##*/}
    signal "${f%.t}" "$1"
  done
}

end() {
  trap '' HUP TERM INT
  every TERM
  tenths=10
  while [ "$tenths" -gt 0 ]; do
    left=
    for f in "$D"/*.t; do [ ! -e "$f" ] || left=1; done
    [ "$left" ] || break
    sleep 0.1 2>/dev/null || sleep 1
    tenths=$((tenths - 1))
  done
  every KILL
  [ -z "$watch" ] || kill "$watch" 2>/dev/null
  # A frame that was just killed may still be leaving: a file that comes or goes meanwhile keeps rm from the directory.
  tenths=20
  until rm -rf "$D" 2>/dev/null && [ ! -e "$D" ]; do
    [ "$tenths" -gt 0 ] || break
    tenths=$((tenths - 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  exit 0
}

watch=
if [ "${2:-0}" -gt 0 ]; then
  echo 0 >"$D/ping"
  echo 0 >"$D/arriving"
  (
    # Left by a host shell that was killed together with this watch, more than a minute ago.
    for old in "${D%/*}"/igor.*; do
      [ -O "$old" ] && [ ! -L "$old" ] && read -r pid <"$old/pid" && ! kill -0 "$pid" &&
        [ "$(find "$old/pid" -mmin +1)" ] && rm -rf "$old"
    done
    quiet=0 last='' heard=''
    while sleep 2 3>&-; do
      # The loop was killed: what it started is ended from here.
      kill -0 $$ || end
      read -r ping <"$D/ping" && read -r id <"$D/arriving" || exit 0
      now=$ping$(ls -ln "$D/$id.z" "$D/$id.p")
      if [ "$now" = "$last" ]; then
        quiet=$((quiet + 2))
      else
        quiet=0
        [ "$ping" != "$heard" ] || say 0 pong "$ping"
      fi
      last=$now heard=$ping
      [ "$quiet" -lt "$2" ] || break
    done
    kill -HUP $$
    # A loop that cannot even write any more does not hear the signal either.
    sleep 3 3>&-
    kill -KILL $$
    end
  ) </dev/null >/dev/null 2>&1 &
  watch=$!
fi
trap end HUP TERM INT

say 0 hello 1 $$
while read -r nonce id verb a b name inputs; do
  [ "$nonce" = "$N" ] || { say 0 desync; break; }
  case $verb in
    run)
      echo "$id" >"$D/arriving"
      if receive "$a" "$D/$id.z" && receive "$b" "$D/$id.p" && unpack "$id" "$name" "$inputs"; then
        start "$id"
      else
        printf %16384s . >"$D/room" || say 0 full "$(printf %s "${D%/*}" | base64 | tr -d '\n')"
        break
      fi
      ;;
    kill) signal "$id" "$a" ;;
    ping)
      echo "$a" >"$D/ping"
      say 0 pong "$a"
      ;;
  esac
done
end
