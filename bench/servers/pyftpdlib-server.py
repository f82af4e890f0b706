"""Starts pyftpdlib for the benchmark. Its only argument is a JSON object; see pyftpdlib.ts."""

import json
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

settings = json.loads(sys.argv[1])

authorizer = DummyAuthorizer()
authorizer.add_user(settings["user"], settings["password"], settings["files"], perm="elradfmwMT")

if settings.get("certificate"):

    class Handler(TLS_FTPHandler):
        certfile = settings["certificate"]
        keyfile = settings["key"]

        def handle(self):
            """Does the handshake before the greeting, where TLS is implicit; pyftpdlib itself has only AUTH TLS."""
            if settings.get("implicitTls"):
                self.secure_connection(self.ssl_context)
            else:
                super().handle()

        def handle_ssl_established(self):
            if settings.get("implicitTls"):
                super().handle()

else:

    class Handler(FTPHandler):
        pass


Handler.authorizer = authorizer
Handler.passive_ports = range(settings["first"], settings["last"] + 1)
Handler.masquerade_address = settings.get("advertised")
Handler.timeout = 3600
# Its log goes to standard error, a line for each session and transfer; the others of the table write none.
logging.basicConfig(level=logging.ERROR)
logging.getLogger("pyftpdlib").setLevel(logging.ERROR)

server = FTPServer((settings["host"], settings["port"]), Handler, backlog=1024)
server.max_cons = 0
server.max_cons_per_ip = 0
server.serve_forever(handle_exit=True)
