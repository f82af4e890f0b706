"""One call of Python's ftplib: reads a request as JSON from standard input, prints the answer as JSON.

Standard library only. The dialogue goes to standard output by ftplib's own debug output, before the answer.
"""

import ftplib
import json
import os
import socket
import ssl
import sys

TIMEOUT_SECONDS = 15


class Explicit(ftplib.FTP_TLS):
    """FTP_TLS as it is, or with data connections that resume the TLS session of the control connection."""

    reuse = False

    def ntransfercmd(self, cmd, rest=None):
        if not (self.reuse and self._prot_p):
            return super().ntransfercmd(cmd, rest)
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        wrapped = self.context.wrap_socket(connection, server_hostname=self.host, session=self.sock.session)
        return wrapped, size


class Implicit(Explicit):
    """The usual way to make ftplib speak TLS from the first byte: its control socket is always a wrapped one."""

    _socket = None

    @property
    def sock(self):
        return self._socket

    @sock.setter
    def sock(self, value):
        if value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value, server_hostname=self.host)
        self._socket = value


def connect(request):
    kind = {"none": ftplib.FTP, "explicit": Explicit, "implicit": Implicit}[request["tls"]]
    if kind is ftplib.FTP:
        ftp = kind(timeout=TIMEOUT_SECONDS, encoding="utf-8")
    else:
        context = ssl.create_default_context(cafile=request["certificate"])
        ftp = kind(timeout=TIMEOUT_SECONDS, encoding="utf-8", context=context)
        ftp.reuse = request["reuse"]
    ftp.set_debuglevel(1)
    ftp.connect(request["host"], request["port"])
    if kind is Implicit:
        # login() of FTP_TLS would send AUTH first, unless it sees a wrapped socket.
        ftp.login(request["user"], request["password"], secure=False)
    else:
        ftp.login(request["user"], request["password"])
    if kind is not ftplib.FTP:
        ftp.prot_p()
    ftp.set_pasv(request["mode"] == "passive")
    return ftp


def upload(ftp, local, remote):
    with open(local, "rb") as file:
        ftp.storbinary("STOR " + remote, file)


def download(ftp, remote, local):
    with open(local, "wb") as file:
        ftp.retrbinary("RETR " + remote, file.write)


def resume_download(ftp, remote, local):
    with open(local, "ab") as file:
        ftp.retrbinary("RETR " + remote, file.write, rest=os.path.getsize(local))


def resume_upload(ftp, local, remote):
    ftp.voidcmd("TYPE I")
    there = ftp.size(remote)
    with open(local, "rb") as file:
        file.seek(there)
        ftp.storbinary("STOR " + remote, file, rest=there)


def names(ftp, folder):
    return [name for name, facts in ftp.mlsd(folder) if facts["type"] in ("file", "dir")]


CALLS = {
    "upload": upload,
    "download": download,
    "resumeDownload": resume_download,
    "resumeUpload": resume_upload,
    "list": names,
    "rename": lambda ftp, source, target: ftp.rename(source, target),
    "remove": lambda ftp, remote: ftp.delete(remote),
}


def main():
    request = json.load(sys.stdin)
    ftp = connect(request)
    answer = CALLS[request["call"]](ftp, *request["arguments"])
    ftp.quit()
    print("answer " + json.dumps(answer if isinstance(answer, list) else None))


socket.setdefaulttimeout(TIMEOUT_SECONDS)
main()
