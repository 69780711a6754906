#!/usr/bin/python3
"""type.py SCRIPT COMMAND...: runs a command on a terminal of its own, and types into it as a person would.

SCRIPT is JSON, a list of [what to wait for, what to type then]; a line is entered. What the command writes is passed on
as it comes, so that one sees the session. When our own input and output are a terminal, the new one has its size, and
keys pressed meanwhile go to the command (so do the answers of the terminal itself to what the command asks it); Ctrl-C
ends it. The exit code is the command's; 1 when something that was waited for did not come.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import sys
import termios
import time
import tty

PATIENCE = 30  # seconds without what is waited for
ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78]")

script = [(wait.encode(), line.encode()) for wait, line in json.loads(sys.argv[1])]
has_terminal = os.isatty(0) and os.isatty(1)
# Seconds between two keys, and of looking at the screen before the next line; nobody looks at a pipe.
KEY, REST = (0.01, 0.2) if has_terminal else (0.002, 0.02)

pid, terminal = pty.fork()
if pid == 0:
    if not has_terminal:
        os.environ["TERM"] = "dumb"
    try:
        os.execvp(sys.argv[2], sys.argv[2:])
    except OSError as error:
        sys.exit(f"type.py: {sys.argv[2]}: {error.strerror}")


def copy_size(*_):
    size = fcntl.ioctl(1, termios.TIOCGWINSZ, b"\0" * 8)
    if size[:4] != b"\0" * 4:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


def give_up(*_):
    os.kill(pid, signal.SIGHUP)


def pass_on(seconds, heard):
    """Carries what comes within the time; adds it to `heard`. False when the command has ended."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        watched = [terminal, 0] if has_terminal else [terminal]
        ready, _, _ = select.select(watched, [], [], left)
        if terminal in ready:
            try:
                some = os.read(terminal, 65536)
            except OSError:
                return False
            if not some:
                return False
            os.write(1, some)
            heard += some
            return True
        if 0 in ready:
            keys = os.read(0, 4096)
            if b"\x03" in keys:
                give_up()
            else:
                os.write(terminal, keys)
    return True


def wait_for(words):
    """Fails when the command ends before it said them, or does not say them in time."""
    heard, until = bytearray(), time.monotonic() + PATIENCE
    while words not in ESCAPES.sub(b"", bytes(heard)):
        if time.monotonic() > until:
            return False
        if not pass_on(0.2, heard):
            return False
    return True


def rest(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until and pass_on(until - time.monotonic(), bytearray()):
        pass


def session():
    for words, line in script:
        if not wait_for(words):
            give_up()
            return f"type.py: waited for {words.decode()!r} in vain"
        rest(REST)
        for key in line:
            os.write(terminal, bytes([key]))
            rest(KEY)
        rest(REST / 2)
        os.write(terminal, b"\r")
    while pass_on(1, bytearray()):
        pass
    return None


fcntl.ioctl(terminal, termios.TIOCSWINSZ, b"\x18\0\x50\0\0\0\0\0")
for end in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(end, give_up)
before = None
if has_terminal:
    copy_size()
    signal.signal(signal.SIGWINCH, copy_size)
    before = termios.tcgetattr(0)
    tty.setraw(0)
try:
    problem = session()
finally:
    if before is not None:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
if problem is not None:
    print(f"\n{problem}", file=sys.stderr)
    sys.exit(1 if code == 0 else abs(code))
sys.exit(code if code >= 0 else 128 - code)
