"""Begins a transfer, then breaks its data connection off by a reset, or stalls; prints the server's reply, or how its connections end.

Arguments: reset or stall, address, port, user, password, STOR or RETR, name.
"""

import ftplib
import socket
import struct
import sys

how, host, port, user, password, verb, name = sys.argv[1:]
ftp = ftplib.FTP(timeout=20)
ftp.connect(host, int(port))
ftp.login(user, password)
ftp.voidcmd("TYPE I")
data = ftp.transfercmd(f"{verb} {name}")
for _ in range(16):
    if verb == "STOR":
        data.sendall(bytes(65536))
    else:
        data.recv(65536)
if how == "reset":
    data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    data.close()
    try:
        print(ftp.voidresp())
    except ftplib.Error as error:
        print(error)
    ftp.quit()
else:
    try:
        print(ftp.voidresp())
    except OSError as error:
        print(type(error).__name__)
    try:
        while data.recv(65536):
            pass
        print("end")
    except OSError as error:
        print(type(error).__name__)
