/* The client side of FTP, as small as a load generator needs it: one control connection, replies, EPSV. */
#ifndef LOAD_FTP_H
#define LOAD_FTP_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest control line that is kept, in bytes. A longer one ends the run: no server of the table sends one. */
#define LINE_MAX_BYTES 4096

/* Who to talk to, the same for every session of one run. */
struct target {
  struct sockaddr_in address;
  const char *user;
  const char *password;
  bool tls;
  SSL_CTX *context;
};

/* One control connection. */
struct session {
  int fd;
  SSL *ssl;
  size_t held; /* bytes in `buffer` that no line has taken yet */
  char buffer[LINE_MAX_BYTES];
};

/* Ends the process with a sentence on standard error and exit code 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A context that offers TLS 1.3 with one cipher suite, so that every server does the same arithmetic. */
SSL_CTX *client_context(void);

/*
 * At most LOGINS_UNDER_WAY sessions are between connect and 230: a listener's backlog (Pure-FTPd: 9) would drop the
 * others, and the kernel's retry after a second would be measured instead of the server.
 */
#define LOGINS_UNDER_WAY 8

/* Connects, reads the greeting, does AUTH TLS where asked, USER, PASS, TYPE I and PROT P. */
void session_open(struct session *session, const struct target *target);

/* The same for sessions that only log in: no TYPE, no PROT. */
void session_login(struct session *session, const struct target *target);

/* Sends one command line. */
void session_send(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads one whole reply (RFC 959 4.2) and returns its code. `text`, when given, gets the last line. */
int session_reply(struct session *session, char *text);

/* Reads a reply and ends the run when its first digit is not `digit`. */
int session_expect(struct session *session, char digit, const char *what);

/* EPSV (RFC 2428) and the connection to the port it names. */
int session_passive(struct session *session, const struct target *target);

/* Closes the connection; says QUIT before where `quit` is set. */
void session_close(struct session *session, bool quit);

/* A TCP connection to the target's host at `port` (network order as in sockaddr_in). */
int dial(const struct target *target, in_port_t port);

#endif
