"""Lists a folder in active mode and prints in a word what came of it. Its only argument is a JSON object; see observe.ts."""

import ftplib
import json
import ssl
import sys

settings = json.loads(sys.argv[1])


def listing():
    tls = settings["tls"]
    if tls:
        context = ssl.create_default_context(cafile=settings["certificate"])
        ftp = ftplib.FTP_TLS(context=context)
    else:
        ftp = ftplib.FTP()
    with ftp:
        ftp.connect(settings["host"], settings["port"], timeout=settings["patience"])
        if tls:
            try:
                ftp.auth()
            except ftplib.error_perm:
                return "no TLS"
        ftp.login(settings["user"], settings["password"])
        if tls:
            ftp.prot_p()
        ftp.set_pasv(False)
        try:
            ftp.retrlines("LIST", lambda line: None)
        except ftplib.error_perm:
            return "PORT refused"
        return "lists"


try:
    print(listing())
except (ftplib.error_temp, TimeoutError):
    print("times out")
except (ConnectionResetError, EOFError):
    print("reset")
