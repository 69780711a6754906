# repl-hold: keeps a command on a terminal of its own, for whoever attaches. See repl-attach, also for where it runs.
#
# In    hold(listener, place, wanted, texts) of repl-attach: the socket that is listened on, and the directory it is in
#       frames of those who attach: H (ID FROM ROWS COLUMNS POSITION ONLY, first of all), K (keys), W (ROWS COLUMNS),
#       P (nothing), Q (why: end the REPL)
# Out   frames for them: S (ID again|replay POSITION, first of all), R (what was last on the screen), O (output), and at
#       the end E (EXIT-CODE [oom], or 125 no-directory) or X (why it was ended: stopped, expired, replaced); on the host
#       what exec-kept has in $place/outcome
#       $place/note: PID BEGAN LEFT FROM..., for ps: since when, and since when nobody is attached (`-`: somebody is), by
#       the clock of /proc/uptime, and who is attached; $place/leader: see exec-words
# Guarantees: whoever reads too slowly is dropped, and holds up neither the REPL for longer than a second nor the others;
#       the REPL's end is the end of everything that it started, and nothing is left of it here.
import errno
import fcntl
import os
import re
import resource
import select
import signal
import struct
import termios
import time

RING = 1 << 18
QUEUE = 1 << 20
# Fewer bytes in a second are no reading.
PROGRESS = 1 << 16
GRACE = 5
MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]*)?)?\Z")
# What a terminal answers: where the cursor is, what it is, its colours, its clipboard. Nobody waits for that any more.
QUESTIONS = re.compile(
    rb"\x1b\[[?>=]?[0-9;]*[cn]|\x1b\[>[0-9;]*q|\x1b\[\?[0-9;]*\$p|\x1b\[\?u"
    rb"|\x1b\](?:4;[0-9]+|1[0-9]|52;[a-z0-9]*);\?(?:\x07|\x1b\\)|\x1bP[+$]q[^\x1b]*\x1b\\"
)
# No kernel heeds the limit of file locks any more: see exec-words.
MARK = 10
clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def frame(kind, data):
    data = data if isinstance(data, bytes) else data.encode()
    return b"%s%08x%s" % (kind.encode(), len(data), data)


def frames(buffer):
    """The whole frames at the begin of a buffer, which are taken from it."""
    while len(buffer) >= 9:
        length = int(buffer[1:9], 16)
        if len(buffer) < 9 + length:
            return
        kind, data = buffer[:1].decode(), bytes(buffer[9 : 9 + length])
        del buffer[: 9 + length]
        yield kind, data


# On from the begin: lines wrap, and the cursor is shown.
USUALLY = {b"7": b"h", b"25": b"h"}


class Modes:
    """The private modes of a terminal that are not as at its begin, e.g. bracketed paste and the alternate screen."""

    def __init__(self):
        self.changed = {}
        self.rest = b""

    def read(self, data):
        data = self.rest + data
        for numbers, state in MODES.findall(data):
            for number in numbers.split(b";"):
                if USUALLY.get(number, b"l") == state:
                    self.changed.pop(number, None)
                else:
                    self.changed[number] = state
        unfinished = UNFINISHED.search(data[-64:])
        self.rest = unfinished.group() if unfinished else b""

    def set(self):
        return b"".join(b"\x1b[?%s%s" % mode for mode in self.changed.items())

    def is_full_screen(self):
        return any(number in self.changed for number in (b"47", b"1047", b"1049"))


class Ring:
    """The last output, from the begin of a line on, and how the terminal was when it began."""

    def __init__(self):
        self.bytes = bytearray()
        self.position = 0
        self.before = Modes()
        self.now = Modes()

    def add(self, data):
        self.bytes += data
        self.position += len(data)
        self.now.read(data)
        if len(self.bytes) > 2 * RING:
            self.cut()

    def cut(self):
        too_many = len(self.bytes) - RING
        if too_many <= 0:
            return
        # A line that is longer is cut anywhere.
        newline = self.bytes.find(b"\n", too_many, too_many + RING // 4)
        too_many = newline + 1 or too_many
        self.before.read(bytes(self.bytes[:too_many]))
        del self.bytes[:too_many]

    def since(self, position):
        """What has come since then; None when that is not known any more."""
        length = self.position - position
        return self.bytes[len(self.bytes) - length :] if 0 <= length <= len(self.bytes) else None

    def replay(self):
        self.cut()
        return self.before.set() + QUESTIONS.sub(b"", bytes(self.bytes))


class Attacher:
    def __init__(self, client):
        client.setblocking(False)
        self.client = client
        self.read = bytearray()
        self.queue = bytearray()
        self.id = None
        self.origin = "-"
        self.size = None
        self.taken = 0
        self.since = time.monotonic()

    def send(self):
        """Sends what it takes; False when it takes no more for ever."""
        try:
            sent = self.client.send(memoryview(self.queue)[:65536])
        except BlockingIOError:
            return True
        except OSError:
            return False
        del self.queue[:sent]
        self.taken += sent
        return True

    def is_stalled(self):
        """Whether it has too much to read, and has not read for a second."""
        now = time.monotonic()
        if len(self.queue) <= QUEUE:
            self.since, self.taken = now, 0
        elif now - self.since > 1:
            if self.taken < PROGRESS:
                return True
            self.since, self.taken = now, 0
        return False


def started_at(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[19])


def out_of_memory():
    """How often Linux has killed something here for want of memory."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as events:
                counts = dict(line.split()[:2] for line in events)
            return int(counts["oom_kill"])
        except (OSError, KeyError, ValueError):
            pass
    return 0


class Holder:
    def __init__(self, listener, place, wanted, texts):
        self.listener = listener
        self.place = place
        self.texts = texts
        self.id = place.rsplit(".", 1)[1]
        self.expires = wanted["expires"]
        self.size = wanted["size"]
        self.attachers = []
        self.ring = Ring()
        self.keys = bytearray()
        self.began = time.clock_gettime(clock)
        self.left = self.began
        self.left_at = time.monotonic()
        self.because = None
        self.steps = []
        self.poke_at = None
        self.deaf_until = 0.0
        self.kills = out_of_memory()
        self.wake, awake = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(awake, False)
        signal.set_wakeup_fd(awake)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.end("stopped"))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.start(wanted)
        self.note()

    def start(self, wanted):
        self.terminal, slave = os.openpty()
        self.resize(self.size)
        attributes = termios.tcgetattr(slave)
        attributes[0] |= getattr(termios, "IUTF8", 0o40000)
        termios.tcsetattr(slave, termios.TCSANOW, attributes)
        words = [self.texts.words, "igor", self.place, wanted["directory"], "", ""] + wanted["words"]
        if self.texts.kill:
            words = wanted["words"]
        self.child = os.fork()
        if self.child == 0:
            try:
                os.setsid()
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                for descriptor in (0, 1, 2):
                    os.dup2(slave, descriptor)
                for name in ("SIGHUP", "SIGTERM", "SIGINT", "SIGCHLD", "SIGPIPE", "SIGXFSZ"):
                    signal.signal(getattr(signal, name), signal.SIG_DFL)
                os.execve("/bin/sh", ["/bin/sh", "-c"] + words, self.environment())
            finally:
                os._exit(126)
        # It stays open here: what is typed or said while the command has closed it is not lost.
        self.slave = slave
        os.set_blocking(self.terminal, False)
        self.limits = resource.getrlimit(MARK)
        mark = started_at(self.child) * 4194304 + self.child
        try:
            resource.setrlimit(MARK, (mark, self.limits[1]))
        except (OSError, ValueError):
            pass

    def environment(self):
        names = dict(os.environb)
        if self.texts.kill:
            names[b"IGOR_PLACE"] = self.place.encode()
            return names
        names[b"IGOR_SESSION"] = self.id.encode()
        # Python sets it for itself where there is no locale.
        with open("/proc/self/environ", "rb") as before:
            if not any(entry.startswith(b"LC_CTYPE=") for entry in before.read().split(b"\0")):
                names.pop(b"LC_CTYPE", None)
        return names

    def note(self):
        origins = [attacher.origin for attacher in self.attachers if attacher.id]
        left = "-" if origins else str(int(self.left))
        text = " ".join([str(os.getpid()), str(int(self.began)), left, *origins])
        try:
            with open(self.place + "/note.new", "w") as note:
                note.write(text + "\n")
            os.rename(self.place + "/note.new", self.place + "/note")
        except OSError:
            # A full disk is no reason to end; ps then knows less.
            pass

    def resize(self, size):
        self.size = size
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[0], size[1], 0, 0))

    def fit(self):
        """As large as the smallest terminal that is attached."""
        sizes = [attacher.size for attacher in self.attachers if attacher.size]
        if not sizes:
            return
        size = min(rows for rows, _ in sizes), min(columns for _, columns in sizes)
        if size != self.size:
            self.poke_at = None
            self.resize(size)

    def poke(self):
        """Lets the program draw anew: a column less, and soon after the right size again."""
        rows, columns = self.size
        if columns > 2 and self.poke_at is None:
            fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns - 1, 0, 0))
            self.poke_at = time.monotonic() + 0.05

    def end(self, because):
        """Ends the command, as closing its terminal does, and with force when it does not go."""
        if self.because is None:
            self.because = because
            now = time.monotonic()
            if self.texts.kill:
                # What has to be ended is in the container, and the engine's client ends with that.
                self.steps = [(now + 6 * GRACE, signal.SIGKILL)]
                self.kill("")
                return
            self.steps = [(now + GRACE / 2, signal.SIGTERM), (now + GRACE, signal.SIGKILL)]
            self.signal(signal.SIGHUP)
            self.signal(signal.SIGCONT)

    def kill(self, outcome):
        self.texts.apart([self.texts.kill, "igor-kill", "HUP"], {"in_session": self.id, "in_outcome": outcome})

    def signal(self, number):
        try:
            os.kill(self.child, number)
        except ProcessLookupError:
            pass

    def drop(self, attacher):
        self.attachers.remove(attacher)
        attacher.client.close()
        if attacher.id and self.is_alone():
            self.left = time.clock_gettime(clock)
            self.left_at = time.monotonic()
        self.note()
        self.fit()

    def is_alone(self):
        return not any(attacher.id for attacher in self.attachers)

    def hear(self, attacher):
        try:
            data = attacher.client.recv(65536)
            attacher.read += data
            for kind, text in frames(attacher.read):
                self.heed(attacher, kind, text)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            data = b""
        if not data:
            self.drop(attacher)

    def heed(self, attacher, kind, text):
        if kind == "K":
            self.keys += text
        elif kind == "W":
            rows, columns = text.split()
            attacher.size = int(rows), int(columns)
            self.fit()
        elif kind == "Q":
            self.end(text.decode())
        elif kind == "H":
            self.welcome(attacher, text.decode().split())

    def accept(self):
        try:
            self.attachers.append(Attacher(self.listener.accept()[0]))
        except OSError:
            # It has gone already.
            pass

    def welcome(self, attacher, words):
        identity, origin, rows, columns, position, only = words
        for other in [other for other in self.attachers if other.id == identity]:
            self.drop(other)
        attacher.id, attacher.origin, attacher.size = identity, origin, (int(rows), int(columns))
        is_known = only == self.id
        missed = self.ring.since(int(position)) if is_known else None
        kind = "replay" if missed is None else "again"
        attacher.queue += frame("S", f"{self.id} {kind} {self.ring.position}")
        attacher.queue += frame("R", self.ring.replay() if missed is None else bytes(missed))
        self.note()
        self.fit()
        if is_known or self.ring.now.is_full_screen():
            self.poke()

    def type(self):
        try:
            del self.keys[: os.write(self.terminal, memoryview(self.keys)[:4096])]
        except BlockingIOError:
            pass
        except OSError:
            self.keys.clear()

    def show(self):
        """Passes on what the command says; False when nothing came."""
        try:
            data = os.read(self.terminal, 65536)
        except BlockingIOError:
            return False
        except OSError as error:
            # EIO: the terminal was hung up; the command may still be about to open it anew.
            if error.errno == errno.EIO:
                self.deaf_until = time.monotonic() + 0.25
            return False
        self.ring.add(data)
        for attacher in self.attachers:
            if attacher.id:
                attacher.queue += frame("O", data)
        return True

    def turn(self):
        """Waits until there is something to do, and does it."""
        now = time.monotonic()
        if self.poke_at and now >= self.poke_at:
            self.poke_at = None
            self.resize(self.size)
        if self.is_alone() and now - self.left_at >= self.expires:
            self.end("expired")
        if self.steps and now >= self.steps[0][0]:
            self.signal(self.steps.pop(0)[1])
        for attacher in [attacher for attacher in self.attachers if attacher.is_stalled()]:
            self.drop(attacher)
        is_full = any(len(attacher.queue) > QUEUE for attacher in self.attachers)
        clients = {attacher.client: attacher for attacher in self.attachers}
        is_deaf = now < self.deaf_until
        readers = [self.listener, self.wake] + list(clients) + ([] if is_full or is_deaf else [self.terminal])
        writers = [client for client, attacher in clients.items() if attacher.queue]
        writers += [self.terminal] if self.keys and not is_deaf else []
        readers, writers, _ = select.select(readers, writers, [], self.patience(is_full))
        if self.wake in readers:
            os.read(self.wake, 512)
        if self.listener in readers:
            self.accept()
        if self.terminal in readers:
            self.show()
        if self.terminal in writers:
            self.type()
        for client in [client for client in clients if client in writers]:
            if not clients[client].send():
                self.drop(clients[client])
        for client in [client for client in clients if client in readers]:
            if clients[client] in self.attachers:
                self.hear(clients[client])

    def patience(self, is_full):
        if self.poke_at or is_full or self.because:
            return 0.05
        now = time.monotonic()
        waits = [self.deaf_until - now] if self.deaf_until > now else []
        waits += [max(0.05, self.left_at + self.expires - now)] if self.is_alone() else []
        return min(waits) if waits else None

    def run(self):
        """Until the command has ended; how it did."""
        while True:
            self.turn()
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid == 0:
                continue
            # What it said last; its background jobs may go on saying more.
            until = time.monotonic() + 1
            while self.show() and time.monotonic() < until:
                pass
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)

    def last_word(self, code):
        if self.because:
            return frame("X", self.because)
        if self.texts.kill:
            return self.outcome(code)
        if code == 125 and os.path.exists(self.place + "/no-directory"):
            return frame("E", "125 no-directory")
        is_killed = code == 137 and out_of_memory() > self.kills
        return frame("E", f"{code} oom" if is_killed else str(code))

    def outcome(self, code):
        try:
            with open(self.place + "/outcome") as outcome:
                kind, text = outcome.read().strip().split(" ", 1)
                return frame(kind, text)
        except (OSError, ValueError):
            # exec was killed, which would have ended what is in the container.
            self.kill("rc 0")
            return frame("E", str(code))

    def sweep(self):
        """Ends what the command has left behind, by exec-end, which removes our directory in the end."""
        ended = os.path.join(os.path.dirname(self.place), "ended." + self.id)
        try:
            os.rename(self.place, ended)
            resource.setrlimit(MARK, self.limits)
        except (OSError, ValueError):
            pass
        self.texts.apart([self.texts.end, "igor-end", self.id, ended + "/leader", "HUP", str(GRACE)], {})

    def leave(self, word):
        """Says the last word to everybody who reads."""
        for attacher in self.attachers:
            attacher.queue += word
        until = time.monotonic() + 10
        while self.attachers and time.monotonic() < until:
            for attacher in [one for one in self.attachers if not one.queue or one.is_stalled()]:
                self.attachers.remove(attacher)
                attacher.client.close()
            clients = {attacher.client: attacher for attacher in self.attachers}
            _, writers, _ = select.select([], list(clients), [], 0.2)
            for client in writers:
                if not clients[client].send():
                    self.attachers.remove(clients[client])


def hold(listener, place, wanted, texts):
    os.setsid()
    os.chdir("/")
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    holder = Holder(listener, place, wanted, texts)
    word = holder.last_word(holder.run())
    listener.close()
    holder.sweep()
    holder.leave(word)
    os._exit(0)
