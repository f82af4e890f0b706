"""Begins a transfer, breaks its data connection off by a reset, and prints the server's reply.

Arguments: address, port, user, password, STOR or RETR, name.
"""

import ftplib
import socket
import struct
import sys

host, port, user, password, verb, name = sys.argv[1:]
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
data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
data.close()
try:
    print(ftp.voidresp())
except ftplib.Error as error:
    print(error)
ftp.quit()
