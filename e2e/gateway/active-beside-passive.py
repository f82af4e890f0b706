"""Asks for passive mode, then for active mode, then for a file: prints every reply, and what came, as JSON.

Arguments: host, port, user, password, name of the file. Standard library only.
"""

import json
import socket
import sys

TIMEOUT_SECONDS = 10

host, port, user, password, name = sys.argv[1:]
control = socket.create_connection((host, int(port)), TIMEOUT_SECONDS)
lines = control.makefile("r", encoding="latin-1", newline="\r\n")
replies = []


def reply():
    line = lines.readline().rstrip("\r\n")
    while line[3:4] != " ":
        line = lines.readline().rstrip("\r\n")
    replies.append(line)
    return line


def ask(*commands):
    control.sendall("".join(f"{command}\r\n" for command in commands).encode())
    return [reply() for _ in commands]


reply()
ask(f"USER {user}")
ask(f"PASS {password}")
ask("TYPE I")
listener = socket.create_server((control.getsockname()[0], 0))
listener.settimeout(0)
own = listener.getsockname()
active = ",".join([*own[0].split("."), str(own[1] // 256), str(own[1] % 256)])
# In one packet, so that the answer to the second must wait for its turn.
named, _ = ask("PASV", f"PORT {active}")
numbers = named[named.index("(") + 1 : named.index(")")].split(",")
data = socket.create_connection((".".join(numbers[:4]), int(numbers[4]) * 256 + int(numbers[5])), TIMEOUT_SECONDS)
ask(f"RETR {name}")
content = b""
while chunk := data.recv(65536):
    content += chunk
data.close()
reply()
try:
    listener.accept()
    dialled = True
except BlockingIOError:
    dialled = False
ask("QUIT")
print(json.dumps({"replies": replies, "content": content.decode("latin-1"), "dialled": dialled}))
