#define _GNU_SOURCE
#include "ftp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Seconds one read or write may take before the run ends: a server that hangs must not hang the table. */
#define STALL_SECONDS 60

void fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  fputc('\n', stderr);
  fflush(stderr);
  /* Not exit(): other threads still run and would use what its handlers take down. */
  _exit(1);
}

SSL_CTX *client_context(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (context == NULL) fail("OpenSSL gives no client context");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384");
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  /* Idle sessions by the thousand must not make the generator itself large. */
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  /* A server that drops the connection without close_notify is caught by the byte count. */
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  return context;
}

int dial(const struct target *target, in_port_t port) {
  struct sockaddr_in address = target->address;
  address.sin_port = port;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("no socket: %s (is the limit of open files high enough?)", strerror(errno));
  struct timeval stall = {.tv_sec = STALL_SECONDS};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    fail("cannot connect to port %d: %s", ntohs(port), strerror(errno));
  }
  return fd;
}

static ssize_t control_read(struct session *session, char *into, size_t room) {
  if (session->ssl != NULL) return SSL_read(session->ssl, into, (int)room);
  return recv(session->fd, into, room, 0);
}

static void control_write(struct session *session, const char *from, size_t length) {
  while (length > 0) {
    ssize_t n = session->ssl != NULL ? SSL_write(session->ssl, from, (int)length)
                                     : send(session->fd, from, length, MSG_NOSIGNAL);
    if (n <= 0) fail("the control connection broke while a command was sent: %s", strerror(errno));
    from += n;
    length -= (size_t)n;
  }
}

void session_send(struct session *session, const char *format, ...) {
  char line[LINE_MAX_BYTES];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(line, sizeof line - 2, format, list);
  va_end(list);
  if (length < 0 || (size_t)length >= sizeof line - 2) fail("a command line is too long");
  memcpy(line + length, "\r\n", 2);
  control_write(session, line, (size_t)length + 2);
}

/* Takes the next line out of the buffer, without its ending. */
static void control_line(struct session *session, char *line) {
  for (;;) {
    char *end = memchr(session->buffer, '\n', session->held);
    if (end != NULL) {
      size_t taken = (size_t)(end - session->buffer) + 1;
      size_t length = taken - 1;
      if (length > 0 && session->buffer[length - 1] == '\r') length--;
      memcpy(line, session->buffer, length);
      line[length] = '\0';
      session->held -= taken;
      memmove(session->buffer, session->buffer + taken, session->held);
      return;
    }
    size_t room = sizeof session->buffer - session->held;
    if (room == 0) fail("a reply line is longer than %d bytes", LINE_MAX_BYTES);
    ssize_t n = control_read(session, session->buffer + session->held, room);
    if (n == 0) fail("the server closed the control connection");
    if (n < 0) fail("no reply within %d seconds: %s", STALL_SECONDS, strerror(errno));
    session->held += (size_t)n;
  }
}

int session_reply(struct session *session, char *text) {
  char line[LINE_MAX_BYTES];
  char code[5] = "";
  for (;;) {
    control_line(session, line);
    if (code[0] == '\0') {
      if (strlen(line) < 3) fail("not a reply: %s", line);
      memcpy(code, line, 3);
      if (line[3] != '-') break;
      code[3] = ' ';
    } else if (strncmp(line, code, 4) == 0) {
      break;
    }
  }
  if (text != NULL) strcpy(text, line);
  return atoi(line);
}

int session_expect(struct session *session, char digit, const char *what) {
  char text[LINE_MAX_BYTES];
  int code = session_reply(session, text);
  if (text[0] != digit) fail("%s was answered: %s", what, text);
  return code;
}

static void start_tls(struct session *session, const struct target *target) {
  session_send(session, "AUTH TLS");
  session_expect(session, '2', "AUTH TLS");
  /* ftp-srv loses a handshake that begins before it has wrapped its socket. No login under TLS is timed. */
  usleep(10 * 1000);
  session->ssl = SSL_new(target->context);
  SSL_set_fd(session->ssl, session->fd);
  if (SSL_connect(session->ssl) != 1) fail("the TLS handshake of the control connection failed");
}

static sem_t doors;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void hang_doors(void) { sem_init(&doors, 0, LOGINS_UNDER_WAY); }

void session_login(struct session *session, const struct target *target) {
  pthread_once(&once, hang_doors);
  sem_wait(&doors);
  session->ssl = NULL;
  session->held = 0;
  session->fd = dial(target, target->address.sin_port);
  session_expect(session, '2', "the connection");
  if (target->tls) start_tls(session, target);
  session_send(session, "USER %s", target->user);
  if (session_expect(session, '3', "USER") != 331) fail("USER needs more than a password");
  session_send(session, "PASS %s", target->password);
  session_expect(session, '2', "PASS");
  sem_post(&doors);
}

void session_open(struct session *session, const struct target *target) {
  session_login(session, target);
  session_send(session, "TYPE I");
  session_expect(session, '2', "TYPE I");
  if (!target->tls) return;
  session_send(session, "PBSZ 0");
  session_expect(session, '2', "PBSZ 0");
  session_send(session, "PROT P");
  session_expect(session, '2', "PROT P");
}

int session_passive(struct session *session, const struct target *target) {
  char text[LINE_MAX_BYTES];
  session_send(session, "EPSV");
  if (session_reply(session, text) != 229) fail("EPSV was answered: %s", text);
  const char *open = strstr(text, "|||");
  int port = open == NULL ? 0 : atoi(open + 3);
  if (port <= 0 || port > 65535) fail("EPSV names no port: %s", text);
  return dial(target, htons((in_port_t)port));
}

void session_close(struct session *session, bool quit) {
  if (quit) {
    session_send(session, "QUIT");
    session_expect(session, '2', "QUIT");
  }
  if (session->ssl != NULL) SSL_free(session->ssl);
  close(session->fd);
}
