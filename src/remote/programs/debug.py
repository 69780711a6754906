# debug: the far end of `igor dap`, in the container: starts debugpy's adapter, or joins one, and carries DAP to and fro.
#
# In    stdin: messages of DAP (`Content-Length: N`, an empty line, N bytes). The first is the request igorHello:
#         adapter    the program debug-adapter, as text
#         supplied   the version of debugpy that igor can bring where there is none
#         join       port of the adapter of a session that has begun already: this is one of its children
#         listening  port at which a program of the user waits for a debugger (debugpy.listen)
#         rank       of a program whose processes have ranks, the one that is debugged: the others run on, undisturbed
#         wait       with rank: the others stand still while that one does
#         child      with join: the process that is debugged
#       igorSupply (a wheel, its bytes behind it as a message of their own) answers igorNeeds. Whatever may change what a
#       program shows carries igorChange, a number that grows, and igorUsed: the references of variables whose children
#       the client was told from what was asked ahead.
# Out   stdout: messages of DAP, and events of ours: igorNeeds (no debugpy here), igorReady {port, version, supplied,
#       python}, igorFailed {why, words}, igorAhead {change, answers: [[command, arguments, body]]}
# Guarantees: when a program stops, what every client asks next was asked here, where that takes no round trip, and travels
#       with the news. Nothing is held back for longer than HOLD seconds, and no question is asked twice at a time. Of
#       variables it is what the client has looked at before, until it has not done so at MOST_VAIN stops that showed them.
#       A step begins at once.
#       At the end of stdin debugpy ends its programs; what is left of them is ended by whoever began this session.
import importlib.util
import io
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

HOLD = 0.2
# debugpy that asks clients to begin sessions for children.
OLDEST = (1, 8)
START_WITHIN = 30
LEAVE_WITHIN = 1.5
# What a program of the user has at a port may be no debugger, and wait for us to speak another language.
ANSWER_WITHIN = 8
MOST_AHEAD = 30
MOST_LEARNED = 40
MOST_VAIN = 3
OURS = 10**9
LOCALS = ("Locals",)
# pydevd.py: a debugger that was not begun by us writes header and body apart; see debug-adapter.
NODELAY = (
    "__import__('sys').modules['_pydevd_bundle.pydevd_constants']"
    ".GlobalDebuggerHolder.global_dbg.writer.sock.setsockopt(6, 1, 1)"
)
# pydevd.py (1.8.22, _do_wait_suspend): a thread that stands still waits for a question for 0.2 s at a time, and looks only
# then whether it may go on. A question that costs nothing wakes it: once for each stop, since it may be answered at the
# next one, and two of them would delay what is asked there. After `continue` nothing can be asked: the adapter waits until
# the thread goes on.
WAKE = {"expression": "None", "context": "hover"}
STEPS = ("next", "stepIn", "stepOut")
# What launchers tell the processes that they begin: torchrun and its like, and mpirun.
RANKS = (b"RANK", b"OMPI_COMM_WORLD_RANK")
LONGEST_HEADER = 4096
LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
OUTPUT = re.compile(rb'"event": ?"output"')


# Where processes are listed, a program would be a page of text. The directory of the user's project is not where its
# modules come from.
READS_ITSELF = '"the adapter of debugpy"; import sys; sys.path[0] or sys.path.pop(0); exec(sys.stdin.read())'
# What runs in a terminal has its directory and variables from a file: command lines can be read by everybody.
IN_TERMINAL = """import sys
if sys.path[0] == "": sys.path.pop(0)
import json, os
with open(sys.argv[1]) as file: given = json.load(file)
os.unlink(sys.argv[1])
if given.get("cwd"): os.chdir(given["cwd"])
for name, value in (given.get("env") or {}).items():
    if value is None: os.environ.pop(name, None)
    else: os.environ[name] = value
os.execvp(given["args"][0], given["args"])"""


class Failed(Exception):
    """What keeps a session from beginning; the words are for the user."""

    def __init__(self, why, *words):
        super().__init__(why)
        self.why = why
        self.words = [str(word) for word in words]


class Garbage(Exception):
    """What cannot be a message."""


def message(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(data), data)


def event(name, body):
    return message({"seq": 0, "type": "event", "event": name, "body": body})


def bodies(buffer):
    """The whole messages at the begin of a buffer, which are taken from it: where each ends, and its body."""
    at = 0
    while True:
        end = buffer.find(b"\r\n\r\n", at)
        if end < 0 and len(buffer) - at <= LONGEST_HEADER:
            break
        found = LENGTH.search(buffer, at, end) if end >= 0 else None
        if found is None:
            raise Garbage(bytes(buffer[at : at + 100]))
        length = int(found.group(1))
        if len(buffer) < end + 4 + length:
            break
        start, at = at, end + 4 + length
        yield bytes(buffer[start:at]), bytes(buffer[end + 4 : at])
    del buffer[:at]


def read_json(body):
    try:
        read = json.loads(body.decode())
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise Garbage(body[:100])
    return read


telling = threading.Lock()


def tell(data):
    with telling:
        while data:
            data = data[os.write(1, data) :]


def say(text):
    """What the user reads in the editor."""
    return event("output", {"category": "console", "output": text + "\n"})


class Near:
    """igor, at the other end of stdin and stdout."""

    def __init__(self):
        self.buffer = bytearray()
        self.waiting = []

    def read(self):
        """The messages that have come; None at the end."""
        waiting, self.waiting = self.waiting, []
        if waiting:
            return waiting
        data = os.read(0, 1 << 16)
        if not data:
            return None
        self.buffer += data
        return [body for _, body in bodies(self.buffer)]

    def await_message(self):
        while True:
            messages = self.read()
            if messages is None:
                sys.exit(0)
            if messages:
                self.waiting = messages[1:] + self.waiting
                return messages[0]

    def await_supply(self):
        """The bytes that igor brings; what it said before that is kept."""
        before = []
        while True:
            body = self.await_message()
            if b'"igorSupply"' in body[:100]:
                break
            before.append(body)
        request = read_json(body)
        data = self.await_message()
        self.waiting = before + self.waiting
        problem = request["arguments"].get("problem")
        if problem is not None:
            raise Failed("no-debugpy", problem)
        return data


def version_of(directory):
    """Of the debugpy in a directory, or of the image; None where there is none."""
    script = "import debugpy; print(debugpy.__version__)"
    environment = dict(os.environ, PYTHONPATH=directory) if directory else None
    found = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path[0] or sys.path.pop(0); " + script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return found.stdout.decode().strip() or None


def image_has_debugpy():
    """The version of the image's own, read from its files: to import it takes longer than to start it."""
    try:
        spec = importlib.util.find_spec("debugpy")
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin:
        return None
    try:
        with open(os.path.join(os.path.dirname(spec.origin), "_version.py")) as file:
            found = re.search(r'"version": "([0-9][^"]*)"', file.read())
        return found.group(1) if found else version_of("")
    except OSError:
        return version_of("")


def is_new_enough(version):
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2]) >= OLDEST


def own_directory(path):
    """Whether a directory is there, is ours and nobody else can write to it."""
    try:
        state = os.lstat(path)
    except OSError:
        return False
    return os.path.isdir(path) and state.st_uid == os.getuid() and not state.st_mode & 0o022


def places(name):
    home = os.path.expanduser("~")
    yield os.path.join(home, ".cache", "igor", name)
    for base in (tempfile.gettempdir(), "/dev/shm"):
        yield os.path.join(base, "igor-%d-%s" % (os.getuid(), name))


def supplied(near, version):
    """The directory with the debugpy that igor brings, which is asked for when it was not brought before."""
    name = "debugpy-" + version
    for place in places(name):
        if own_directory(place):
            return place
    tell(event("igorNeeds", {"what": "debugpy"}))
    wheel = near.await_supply()
    problem = "no place"
    for place in places(name):
        new = "%s.%d" % (place, os.getpid())
        try:
            os.makedirs(os.path.dirname(place), 0o700, exist_ok=True)
            os.mkdir(new, 0o700)
            zipfile.ZipFile(io.BytesIO(wheel)).extractall(new)
            try:
                os.rename(new, place)
            except OSError:
                # Another session was faster.
                if own_directory(place):
                    return place
                raise
            return place
        except OSError as error:
            problem = error
    raise Failed("no-place", problem)


def start_adapter(hello, directory):
    """debugpy's adapter in a session of its own; its process, and the port it listens on."""
    reads, told = os.pipe()
    words = [directory, str(told), str(os.getuid()), "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", READS_ITSELF] + words,
        env=dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=[told],
        start_new_session=True,
    )
    os.close(told)
    try:
        process.stdin.write(hello["adapter"].encode())
        process.stdin.close()
    except OSError:
        # It has ended, and said why.
        pass
    port = b""
    if select.select([reads], [], [], START_WITHIN)[0]:
        port = os.read(reads, 16)
    os.close(reads)
    if not port:
        process.kill()
        said = process.stderr.read().decode("utf-8", "replace").strip().splitlines()[-5:]
        raise Failed("adapter", *(said or ["exit %s" % process.wait()]))
    return process, int(port)


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), 5)
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def variables_of(pid):
    """The variables that a process began with; none where that cannot be read."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            return dict(each.partition(b"=")[::2] for each in file.read().split(b"\0"))
    except OSError:
        return {}


def rank_in(variables):
    for name in RANKS:
        if variables.get(name, b"").isdigit():
            return int(variables[name])
    return None


class LetRun:
    """A client of the adapter for a child that nobody is to debug: it waits for one before it begins."""

    def __init__(self, port, configuration):
        self.connection = connect(port)
        self.configuration = configuration
        self.buffer = bytearray()
        self.seq = 0

    def ask(self, command, arguments):
        self.seq += 1
        request = {"seq": self.seq, "type": "request", "command": command}
        self.connection.sendall(message(dict(request, arguments=arguments)))
        return self.seq

    def hear(self):
        while True:
            for _, body in bodies(self.buffer):
                yield read_json(body)
            data = self.connection.recv(1 << 16)
            if not data:
                return
            self.buffer += data

    def run(self):
        """Why it could not be let run; None when it runs."""
        self.ask("initialize", {"adapterID": "igor"})
        attach = self.ask("attach", self.configuration)
        for said in self.hear():
            if said.get("event") == "initialized":
                self.ask("configurationDone", {})
            elif said.get("success") is False:
                return said.get("message")
            elif said.get("request_seq") == attach:
                self.ask("disconnect", {"terminateDebuggee": False})
            elif said.get("command") == "disconnect":
                return None
        return "debugpy left"


class Ranks:
    """The processes of a program that have ranks, of which one is debugged."""

    def __init__(self, hello, port):
        self.one = hello.get("rank")
        self.port = port
        self.stands_still = False
        self.met = set()
        own = variables_of(hello.get("child") or 0)
        # What the others are found by, where this session is about the one.
        self.session = own.get(b"IGOR_SESSION") if rank_in(own) == self.one else None
        self.waits = bool(hello.get("wait")) and self.one is not None and self.session is not None

    def take(self, request):
        """Whether a child is none that is to be debugged: it runs on."""
        configuration = (request.get("arguments") or {}).get("configuration") or {}
        pid = configuration.get("subProcessId")
        rank = rank_in(variables_of(pid)) if self.one is not None and pid else None
        if rank is None:
            return False
        self.met.add(rank)
        if rank == self.one:
            return False
        threading.Thread(target=self.let_run, args=(rank, configuration), daemon=True).start()
        return True

    def let_run(self, rank, configuration):
        try:
            problem = LetRun(self.port, configuration).run()
        except (OSError, Garbage) as error:
            problem = error
        if problem is None:
            tell(say("igor: rank %d runs on, rank %d is debugged" % (rank, self.one)))
        else:
            tell(say("igor: rank %d cannot begin: %s" % (rank, problem)))

    def missed(self):
        """What is to be told at the end of a program that had ranks, but not the one."""
        if not self.met or self.one in self.met:
            return b""
        known = ", ".join(str(rank) for rank in sorted(self.met))
        return say("igor: no process had rank %d; there were %s" % (self.one, known))

    def signal_others(self, number):
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            variables = variables_of(int(name))
            rank = rank_in(variables)
            if variables.get(b"IGOR_SESSION") == self.session and rank not in (None, self.one):
                try:
                    os.kill(int(name), number)
                except OSError:
                    pass

    def stand_still(self):
        if self.waits and not self.stands_still:
            self.stands_still = True
            self.signal_others(signal.SIGSTOP)

    def go_on(self):
        if self.stands_still:
            self.stands_still = False
            self.signal_others(signal.SIGCONT)


class Question:
    """What was asked ahead: at which stop, and after which change."""

    def __init__(self, command, arguments, stop, change):
        self.command = command
        self.arguments = arguments
        self.stop = stop
        self.change = change
        # Requests of the client that ask the same.
        self.joined = []


class Ahead:
    """What is asked while the news that a program has stopped is held back."""

    def __init__(self, ask, is_foreign, ranks):
        self.ask = ask
        self.ranks = ranks
        self.is_foreign = is_foreign
        self.change = 0
        self.seq = OURS
        self.stops = 0
        self.todo = []
        # Questions without an answer by seq, and the one that the next one waits for.
        self.out = {}
        self.busy = None
        self.held = None
        self.until = 0
        self.answers = []
        # Names of variables, from the scope on, whose children the client looks at; how often it did not in a row.
        self.wanted = {LOCALS: 0}
        # Of this stop: what was asked ahead of them, and what the client has looked at.
        self.offered = set()
        self.used = set()
        self.names = {}
        self.asked = {}
        # A thread that stands still and was not woken yet, and its frame; the steps after whose answers it is to be.
        self.asleep = None
        self.frame = None
        self.steps = set()
        # For terminals: those that began have removed theirs.
        self.files = []

    def next(self):
        if self.busy is None and self.todo:
            command, arguments = self.todo.pop(0)
            self.busy = Question(command, arguments, self.stops, self.change)
            self.put(self.busy)

    def put(self, question):
        self.seq += 1
        self.out[self.seq] = question
        request = {"seq": self.seq, "type": "request", "command": question.command}
        self.ask(message(dict(request, arguments=question.arguments)))

    def wake(self):
        """Lets the thread that was told to step do so."""
        if self.frame is not None:
            arguments = dict(WAKE, frameId=self.frame)
            self.put(Question("evaluate", arguments, self.stops, self.change))
            self.frame = None

    def stopped(self, data, body):
        """Begins to hold back; `data` is the news."""
        released = self.release(True)
        self.forget()
        self.names.clear()
        # Of a thread that goes on there may never be an answer.
        self.busy = None
        self.stops += 1
        self.asleep = body["threadId"]
        self.frame = None
        self.answers = []
        self.held = [data]
        self.until = time.time() + HOLD
        thread = {"threadId": body["threadId"]}
        self.todo = [("threads", {}), ("stackTrace", thread)]
        if body.get("reason") == "exception":
            self.todo.append(("exceptionInfo", thread))
        self.next()
        return released

    def release(self, with_answers):
        """What was held back, and before it what is known ahead."""
        if self.held is None:
            return b""
        data = b"".join(self.held)
        if with_answers:
            data = event("igorAhead", {"change": self.change, "answers": self.answers}) + data
        self.held = None
        self.todo = []
        return data

    def forget(self):
        """What was asked ahead in vain again and again is not asked any more."""
        if self.used:
            for name in self.offered - {LOCALS}:
                self.wanted[name] = 0 if name in self.used else self.wanted[name] + 1
                if self.wanted[name] >= MOST_VAIN:
                    del self.wanted[name]
        self.offered.clear()
        self.used.clear()

    def look_at(self, reference):
        """The client looks at the children of a variable."""
        name = self.names.get(reference) if isinstance(reference, int) else None
        if name is None:
            return
        self.used.add(name)
        if len(self.wanted) < MOST_LEARNED:
            self.wanted.setdefault(name, 0)

    def children(self, variables, path):
        for variable in variables:
            reference = variable.get("variablesReference")
            if reference:
                name = path + (variable["name"],)
                self.names[reference] = name
                if self.held is not None and name in self.wanted and len(self.todo) < MOST_AHEAD:
                    self.offered.add(name)
                    self.todo.append(("variables", {"variablesReference": reference}))

    def learn(self, command, arguments, body):
        if command == "scopes":
            self.children(body["scopes"], ())
        elif command == "variables":
            path = self.names.get(arguments["variablesReference"], ())
            self.children(body["variables"], path)
        elif command == "stackTrace" and self.held is not None:
            frames = [frame for frame in body["stackFrames"] if frame.get("source")]
            if frames:
                self.frame = frames[0]["id"]
                if self.is_foreign:
                    self.is_foreign = False
                    quick = {"expression": NODELAY, "frameId": frames[0]["id"], "context": "repl"}
                    self.todo.append(("evaluate", quick))
                self.todo.append(("scopes", {"frameId": frames[0]["id"]}))

    def in_terminal(self, said):
        """A command for a terminal of the editor, as one that tells nothing."""
        handle, path = tempfile.mkstemp(prefix="igor-terminal-")
        self.files.append(path)
        with os.fdopen(handle, "w") as file:
            json.dump(said["arguments"], file)
        words = [sys.executable, "-c", IN_TERMINAL, path]
        return message(dict(said, arguments=dict(said["arguments"], args=words, env={})))

    def answered(self, answer):
        """An answer to a question of ours; what is to be told now."""
        question = self.out.pop(answer["request_seq"])
        data = b""
        for seq in question.joined:
            data += message(dict(answer, request_seq=seq))
        if question is not self.busy:
            return data
        self.busy = None
        if self.held is not None and question.stop == self.stops:
            body = answer.get("body") or {}
            if answer.get("success"):
                if question.command != "evaluate":
                    self.answers.append([question.command, question.arguments, body])
                self.learn(question.command, question.arguments, body)
            if not self.todo:
                data += self.release(True)
        self.next()
        return data

    def from_adapter(self, whole, body):
        """A message of the adapter; what is to be told now."""
        if self.held is None and OUTPUT.search(body, 0, 120):
            return whole
        said = read_json(body)
        if said["type"] == "request" and said["command"] == "runInTerminal":
            whole = self.in_terminal(said)
        if said["type"] == "request" and said["command"] == "startDebugging":
            if self.ranks.take(said):
                self.seq += 1
                answer = {"seq": self.seq, "type": "response", "request_seq": said["seq"]}
                self.ask(message(dict(answer, command=said["command"], success=True)))
                return b""
        if said.get("event") == "terminated":
            whole = self.ranks.missed() + whole
        seq = said.get("request_seq", 0)
        if seq in self.out:
            return self.answered(said)
        if seq in self.steps and said["type"] == "response":
            # It has been told by now: woken before, it would look too early.
            self.steps.discard(seq)
            self.wake()
        asked = self.asked.pop(seq, None) if said["type"] == "response" else None
        if asked is not None and said.get("success"):
            self.learn(asked[0], asked[1], said.get("body") or {})
        if said.get("event") == "stopped":
            self.ranks.stand_still()
        if said.get("event") == "stopped" and said["body"].get("threadId") is not None:
            return self.stopped(whole, said["body"])
        if self.held is None:
            return whole
        self.held.append(whole)
        return b""

    def from_client(self, body):
        """A message of the client: what goes to the adapter, and what is to be told now."""
        said = read_json(body)
        command, arguments = said.get("command"), said.get("arguments") or {}
        if said["type"] != "request":
            return message(body), b""
        if command == "continue" or command in STEPS:
            self.ranks.go_on()
        if "igorChange" in said:
            self.change = said.pop("igorChange")
            for reference in said.pop("igorUsed", ()):
                self.look_at(reference)
            released = self.release(False)
            if command in STEPS and arguments.get("threadId") == self.asleep:
                self.steps.add(said["seq"])
            return message(said), released
        if command == "variables":
            self.look_at(arguments.get("variablesReference"))
        busy = self.busy
        # What was asked before a change says nothing of what is after it.
        if busy is not None and busy.command == command and busy.change == self.change:
            if busy.arguments == {name: value for name, value in arguments.items() if value}:
                busy.joined.append(said["seq"])
                return b"", b""
        if command in ("scopes", "variables"):
            self.asked[said["seq"]] = (command, arguments)
        return message(body), b""


def carry(near, connection, ahead, listening):
    """Until one of the ends is reached; whether any of the adapter's words came."""
    buffer = bytearray()
    heard = False
    messages = near.waiting
    near.waiting = []
    answer_until = time.time() + ANSWER_WITHIN
    while True:
        out = b""
        for body in messages:
            data, said = ahead.from_client(body)
            out += said
            if data:
                connection.sendall(data)
        if ahead.held is not None and time.time() > ahead.until:
            out += ahead.release(True)
        tell(out)
        wait = None if ahead.held is None else max(0, ahead.until - time.time())
        doubts = listening and not heard
        if doubts:
            wait = max(0, answer_until - time.time())
        ready = select.select([0, connection], [], [], wait)[0]
        messages = []
        if 0 in ready:
            messages = near.read()
            if messages is None:
                return heard
        if connection in ready:
            data = connection.recv(1 << 18)
            if doubts and not (data and b"Content-Length: ".startswith(data[:16])):
                raise Failed("nobody-listens", listening, "what listens there is no debugger")
            if not data:
                return heard
            heard = True
            buffer += data
            tell(b"".join([ahead.from_adapter(*each) for each in bodies(buffer)]))
        elif doubts and time.time() > answer_until:
            raise Failed("nobody-listens", listening, "what listens there does not answer")


def main():
    near = Near()
    process = None
    try:
        hello = read_json(near.await_message()).get("arguments") or {}
        ready = {"python": "%d.%d.%d" % sys.version_info[:3]}
        if hello.get("join"):
            port = hello["join"]
        elif hello.get("listening"):
            port = hello["listening"]
        else:
            directory, version = "", image_has_debugpy()
            if version is None or not is_new_enough(version):
                ready["instead"] = version or ""
                version = hello["supplied"]
                directory = supplied(near, version)
            ready["version"] = version
            process, port = start_adapter(hello, directory)
        ready["port"] = port
        try:
            connection = connect(port)
        except OSError as error:
            raise Failed("nobody-listens", port, error) from None
    except Failed as failure:
        tell(event("igorFailed", {"why": failure.why, "words": failure.words}))
        return
    tell(event("igorReady", ready))
    listening = hello.get("listening")
    ranks = Ranks(hello, port)
    ahead = Ahead(connection.sendall, bool(listening), ranks)
    garbage = None
    try:
        if not carry(near, connection, ahead, listening):
            raise Failed("adapter-gone")
    except Failed as failure:
        tell(event("igorFailed", {"why": failure.why, "words": failure.words}))
    except OSError:
        pass
    except Garbage as error:
        garbage = error
    ranks.go_on()
    for path in ahead.files:
        try:
            os.unlink(path)
        except OSError:
            pass
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    # debugpy ends its programs when its client goes.
    if process is not None:
        try:
            process.wait(LEAVE_WITHIN)
        except subprocess.TimeoutExpired:
            pass
    if garbage is not None:
        raise garbage


try:
    main()
except Garbage as error:
    sys.exit("igor: no message: %r" % error.args)
