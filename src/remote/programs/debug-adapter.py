# debug-adapter: debugpy's adapter, in a process of its own, with sockets that do not make each answer 40 ms late.
#
# In    argv: DIRECTORY FD UID, then the words of debugpy.adapter: DIRECTORY holds debugpy where the image has none (else
#       empty), FD is told the port that it listens on for clients, who must be processes of UID, as must be the programs
#       that are debugged; root may debug those of others
# Guarantees: pydevd writes header and body of a message apart, without TCP_NODELAY: the second waits for the
#       acknowledgement of the first, which is given at once here (TCP_QUICKACK)
import os
import runpy
import socket
import sys

directory, told, uid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.argv[1:4] = []
if directory:
    sys.path.insert(0, directory)
clients = None
QUICKACK = getattr(socket, "TCP_QUICKACK", 12)


def is_ours(address, listening):
    """Whether the process at the other end belongs to our user; what the kernel does not show, counts as ours."""
    port, here = ":%04X" % address[1], ":%04X" % listening
    try:
        with open("/proc/net/tcp") as connections:
            for line in connections:
                fields = line.split()
                if fields[1].endswith(port) and fields[2].endswith(here):
                    return int(fields[7]) == uid
    except OSError:
        return True
    return False


class Socket(socket.socket):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set(socket.TCP_NODELAY)

    def set(self, option):
        try:
            self.setsockopt(socket.IPPROTO_TCP, option, 1)
        except OSError:
            pass

    def recv_into(self, *args):
        count = super().recv_into(*args)
        self.set(QUICKACK)
        return count

    def listen(self, *args):
        global clients
        super().listen(*args)
        if clients is None:
            port = self.getsockname()[1]
            clients = port
            os.write(told, b"%d\n" % port)
            os.close(told)
            # What programs print passes here once more, and nobody reads it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

    def accept(self):
        while True:
            peer, address = super().accept()
            port = self.getsockname()[1]
            if (uid == 0 and port != clients) or is_ours(address, port):
                return peer, address
            peer.close()


socket.socket = Socket
runpy.run_module("debugpy.adapter", run_name="__main__", alter_sys=True)
