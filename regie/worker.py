"""gunicorn's worker with threads, in which a slow visitor holds no thread. It is loaded before Django is."""

import re
import struct
import time
from socket import MSG_DONTWAIT, MSG_PEEK, SO_RCVBUF, SO_RCVLOWAT, SO_RCVTIMEO, SOL_SOCKET

from gunicorn import util
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

SMALL = 128 * 1024  # bytes of a form
LARGEST_HEAD = 64 * 1024  # bytes
LONGEST = 10  # seconds for the headers and a small body of a request
LONGEST_PAUSE = struct.pack("ll", 15, 0)  # seconds (and microseconds) between two parts of a large body
LINGER = 0.5  # seconds in which a visitor may read the answer to what was not read to its end
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def count_missing(data: bytes) -> int:
    """Returns how many bytes, at least, a request that begins with `data` lacks. A large body is not waited for."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return 1
    length = LENGTH.search(head)
    size = int(length[1]) if length else 0
    return 0 if size > SMALL else max(0, size - len(body))


class PatientWorker(ThreadWorker):
    """Gives a connection to a thread once its request is there. gunicorn would have the thread wait for each byte, for ever.

    Where a request is read, the system wakes the worker when the missing bytes have come (SO_RCVLOWAT), not for each of them.
    """

    def handle(self, conn: TConn) -> object:
        # gunicorn may have read the beginning of this request together with the one before it.
        read = conn.parser.unreader.buf.getvalue() if conn.parser else b""
        try:
            waiting = conn.sock.recv(LARGEST_HEAD + SMALL, MSG_PEEK | MSG_DONTWAIT)
            missing = count_missing(read + waiting) if waiting else 0
        except BlockingIOError:
            waiting, missing = b"", count_missing(read)
        except OSError:
            missing = 0  # the visitor has gone: gunicorn closes the connection
        began = conn.__dict__.setdefault("began", time.monotonic())
        is_endless = b"\r\n\r\n" not in read + waiting and len(read + waiting) >= LARGEST_HEAD
        if missing and (is_endless or time.monotonic() - began > LONGEST):
            return self.close(conn, 0)
        if missing:
            conn.sock.setsockopt(SOL_SOCKET, SO_RCVBUF, LARGEST_HEAD + SMALL)  # what is waited for must have room: Linux gives the double
            conn.sock.setsockopt(SOL_SOCKET, SO_RCVLOWAT, len(waiting) + missing)
            return _DEFER
        del conn.began
        conn.sock.setsockopt(SOL_SOCKET, SO_RCVLOWAT, 1)
        conn.sock.setsockopt(SOL_SOCKET, SO_RCVTIMEO, LONGEST_PAUSE)
        conn.data_ready = True
        return super().handle(conn) or self.close(conn, LINGER)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + LINGER))

    def close(self, conn: TConn, linger: float) -> bool:
        """Closes the connection in this thread; gunicorn would do so in the one that accepts connections, and wait two seconds."""
        if linger:
            util.close_graceful(conn.sock, linger)
        else:
            util.close(conn.sock)
        conn.close = lambda graceful=False: None
        return False
