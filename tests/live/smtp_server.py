"""A mail server for tests, over plain sockets: STARTTLS or implicit TLS, AUTH PLAIN and LOGIN, and
failures when it is told to."""
import base64
import socket
import ssl
import threading


class SmtpServer:
    """Keeps (sender, recipients, text) of every mail it takes, and every command it heard."""

    def __init__(self, test, address, certificate=None, implicit=False, starttls=True,
                 password=None):
        self.mails, self.heard, self.refuse, self.vanish = [], [], [], []
        self.certificate, self.implicit = certificate, implicit
        self.starttls, self.password = starttls, password
        self.listener = socket.create_server((address, 0))
        self.place = f"{address}:{self.listener.getsockname()[1]}"
        test.addCleanup(self.stop)
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def stop(self):
        """Ends the waiting first: the number of a closed socket soon belongs to another server."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join(10)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def secure(self, connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        return context.wrap_socket(connection, server_side=True)

    def serve(self, connection):
        try:
            with connection:
                self.talk(self.secure(connection) if self.implicit else connection)
        except (OSError, ValueError, IndexError):
            pass  # the client hung up, perhaps since it does not trust us

    def talk(self, connection):
        secure, sender, recipients, known = self.implicit, "", [], self.password is None
        reader = connection.makefile("rb")

        def say(text):
            connection.sendall(text.encode() + b"\r\n")

        say("220 test ESMTP")
        while line := reader.readline():
            line = line.decode(errors="replace").strip()
            word = line.split(" ")[0].upper()
            self.heard.append((secure, line))
            if word == "EHLO":
                offers = ["test"] + (["STARTTLS"] if self.starttls and not secure else [])
                offers += ["AUTH PLAIN LOGIN"] if secure and self.password else []
                for offer in offers[:-1]:
                    say(f"250-{offer}")
                say(f"250 {offers[-1]}")
            elif word == "STARTTLS" and self.starttls:
                say("220 go on")
                plain, connection = connection, self.secure(connection)
                plain.close()
                reader, secure = connection.makefile("rb"), True
            elif word == "AUTH":
                if len(line.split(" ")) < 3:
                    say("334 ")
                    line += " " + reader.readline().decode().strip()
                known = base64.b64decode(line.split(" ")[2]).split(b"\0")[1:] == [
                    part.encode() for part in self.password]
                say("235 welcome" if known else "535 wrong password")
            elif word == "MAIL":
                sender = line[line.find("<") + 1:line.find(">")]
                say("250 ok" if known else "530 who are you")
            elif word == "RCPT":
                answer = self.refuse.pop(0) if self.refuse else "250 ok"
                if answer.startswith("250"):
                    recipients.append(line[line.find("<") + 1:line.find(">")])
                say(answer)
            elif word == "DATA":
                say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += reader.readline()
                if self.vanish:
                    self.vanish.pop()
                    return
                self.mails.append((sender, recipients, text[:-3].decode()))
                say("250 2.0.0 queued as 4711")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("500 what?")
