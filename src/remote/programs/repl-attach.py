# repl-attach: attaches to the REPL that is kept in this container, or starts it. Runs there; Python 3.7 or later. Where
# the container has none it runs on the host, and what it keeps is exec with the engine's client in it.
#
# In    sys.argv[1:]: KEY (which REPL), ID (of whoever attaches; also of the REPL, if it is started), FROM (the laptop,
#       as a word), ROWS, COLUMNS, POSITION (how much of its output igor has; -1: none), ONLY (empty, or the id of the one
#       REPL that is meant: nothing is started), NEW (1: the one that runs is ended first), EXPIRES (seconds that nobody
#       may be attached), DIRECTORY (where the command starts), WORKSPACE (of the container), then the command, word by word
#       IGOR_HOLD, IGOR_END, IGOR_WORDS: the programs repl-hold, exec-end and exec-words, as text
#       IGOR_KILL, on the host: the program exec-kill, whose inputs are in the environment; the command is the text of
#       exec, and its name
#       stdin: frames for the holder, a letter, the length in 8 hexadecimal digits, and so many bytes: K (keys),
#       W (ROWS COLUMNS), P (igor lives)
# Out   stdout: frames of the holder, see repl-hold; or one of ours, N (why there is no REPL): `gone`
#       exit code 97 where nothing can be kept, since nothing can be written
# Guarantees: of several that start at a time one does, and the others attach to that; only this user finds the socket;
#       ends soon after igor does, and half a minute after the link.
import fcntl
import os
import select
import shutil
import signal
import socket
import stat
import sys
import time

# Where a directory of ours can be when the root of the container is read-only.
ROOTS = os.environ.pop("IGOR_ROOTS", "/tmp /dev/shm").split()
SILENCE = 30
MOST = 1 << 16


def frame(kind, text):
    data = text if isinstance(text, bytes) else text.encode()
    return b"%s%08x%s" % (kind.encode(), len(data), data)


class Texts:
    """The programs that are started in turn, and how; nothing that the REPL starts inherits them."""

    hold = os.environ.pop("IGOR_HOLD", "")
    end = os.environ.pop("IGOR_END", "")
    words = os.environ.pop("IGOR_WORDS", "")
    kill = os.environ.pop("IGOR_KILL", "")


def private(base):
    """Makes base a directory of this user alone; what somebody else has put there is not used."""
    try:
        os.mkdir(base, 0o700)
    except FileExistsError:
        pass
    found = os.lstat(base)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(base)


def locked(base):
    """The directory, open and locked; the last REPL may have removed it just now, or another one have made it anew."""
    while True:
        private(base)
        lock = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(lock), os.lstat(base)):
                return lock
        except FileNotFoundError:
            pass
        os.close(lock)


def connected(place):
    """A connection to the holder there; None when it is gone."""
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(place + "/socket")
        return client
    except OSError:
        client.close()
        return None


def apart(words, names):
    """Starts a shell that outlives us."""
    if os.fork() == 0:
        try:
            os.setsid()
            null = os.open("/dev/null", os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.execve("/bin/sh", ["sh", "-c"] + words, dict(os.environ, **names))
        finally:
            os._exit(1)


Texts.apart = staticmethod(apart)


def sweep(place):
    """Ends what a holder that was killed has left behind."""
    identity = place.rsplit(".", 1)[1]
    ended = os.path.join(os.path.dirname(place), "ended." + identity)
    os.rename(place, ended)
    apart([Texts.end, "igor-end", identity, ended + "/leader", "TERM", "5"], {})
    if Texts.kill:
        apart([Texts.kill, "igor-kill", "TERM"], {"in_session": identity, "in_outcome": "rc 0"})


def ended_for_good(client, place):
    """Asks a holder to end its REPL, and waits until it has; one that does not is killed."""
    client.settimeout(15)
    try:
        client.sendall(frame("Q", "replaced"))
        while client.recv(MOST):
            pass
    except OSError:
        with open(place + "/note") as note:
            os.kill(int(note.read().split()[0]), signal.SIGKILL)
    client.close()
    if os.path.exists(place):
        sweep(place)


def reach(base, wanted):
    """A connection to the REPL, which is started where there is none; None when it may not be."""
    lock = locked(base)
    try:
        for name in os.listdir(base):
            if not name.startswith(wanted["key"] + "."):
                continue
            place = os.path.join(base, name)
            client = connected(place)
            if client is None:
                sweep(place)
            elif wanted["new"]:
                ended_for_good(client, place)
            elif wanted["only"] in ("", name.rsplit(".", 1)[1]):
                return client
            else:
                client.close()
        if not wanted["only"]:
            return started(base, lock, wanted)
        if not os.listdir(base):
            os.rmdir(base)
        return None
    finally:
        os.close(lock)


def reached(base, wanted):
    """The same; the last REPL that ends removes the directory, perhaps while it is looked at."""
    for _ in range(5):
        try:
            return reach(base, wanted)
        except FileNotFoundError:
            continue
    return reach(base, wanted)


def is_elsewhere(workspace):
    """Whether the container has another directory than the host has by the name of the project now: only containers of
    igor have an empty directory there."""
    number = os.environ.pop("IGOR_ROOT", "")
    own = workspace + "/.igor/host"
    if not number or not os.path.isdir(own) or os.path.exists(own + "/home"):
        return False
    return os.stat(workspace).st_ino != int(number)


def started(base, lock, wanted):
    if is_elsewhere(wanted["workspace"]):
        if not os.listdir(base):
            os.rmdir(base)
        sys.exit(94)
    place = os.path.join(base, wanted["key"] + "." + wanted["id"])
    os.mkdir(place, 0o700)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(place + "/socket")
        listener.listen(16)
    except OSError:
        shutil.rmtree(place)
        raise
    if os.fork() == 0:
        try:
            os.close(lock)
            names = {}
            exec(compile(Texts.hold, "igor-hold", "exec"), names)  # noqa: S102
            names["hold"](listener, place, wanted, Texts)
        finally:
            os._exit(1)
    listener.close()
    return connected(place)


def relay(client):
    """Bytes from stdin to the holder, and from there to stdout, until one of them ends or igor is silent."""
    os.set_blocking(1, False)
    client.setblocking(False)
    out, back = b"", b""
    heard = time.monotonic()
    while True:
        readers = ([] if out else [client]) + ([] if back else [0])
        writers = ([1] if out else []) + ([client] if back else [])
        left = heard + SILENCE - time.monotonic()
        if left <= 0:
            return
        readers, writers, _ = select.select(readers, writers, [], left)
        try:
            if client in readers:
                out = client.recv(MOST)
                if not out:
                    return
            if 0 in readers:
                back = os.read(0, MOST)
                heard = time.monotonic()
                if not back:
                    return
            if 1 in writers:
                out = out[os.write(1, out) :]
            if client in writers:
                back = back[client.send(back) :]
        except BlockingIOError:
            pass
        except OSError:
            return


def attach(argv):
    key, own, origin, rows, columns, position, only, new, expires, directory, workspace = argv[:11]
    wanted = {
        "key": key,
        "id": own,
        "size": (int(rows), int(columns)),
        "only": only,
        "new": new == "1",
        "expires": float(expires),
        "directory": directory,
        "workspace": workspace,
        "words": argv[11:],
    }
    for root in ROOTS:
        try:
            client = reached(f"{root}/igor-repl.{os.geteuid()}", wanted)
        except OSError:
            continue
        if client is None:
            os.write(1, frame("N", "gone"))
            return
        hello = " ".join((own, origin, rows, columns, position, only or "-"))
        client.sendall(frame("H", hello))
        relay(client)
        return
    sys.exit(97)


attach(sys.argv[1:])
