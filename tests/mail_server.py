"""A mail server (RFC 5321) that can misbehave on demand, for the tests of the outbox."""

import socketserver
import threading
from email import message_from_bytes


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        server = self.server
        server.sessions += 1
        if server.mood == "hang":
            server.stopped.wait(30)
            return
        while server.mood == "drip" and not server.stopped.wait(0.1):
            self.wfile.write(b"2")
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    if server.mood == "drop" and len(lines) > 3:
                        return  # in the middle of the mail
                    lines.append(text)
                server.taken.append(message_from_bytes(b"".join(lines)))
                self.say("250 taken")
            elif verb == b"RCPT" and any(word in line for word in server.refused):
                self.say("550 no such person")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """`mood` is "well", "hang" (takes the call and says nothing), "drip" (a byte at a time) or "drop" (hangs up in mid-mail); `refused`, recipients it does not know.

    `taken` holds the mails that it took, `sessions` counts the calls.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Session)
        self.mood, self.refused, self.taken, self.sessions = "well", [], [], 0
        self.stopped = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def stop(self):
        self.stopped.set()
        self.shutdown()
        self.server_close()
