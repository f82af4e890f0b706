/*
 * A responder that only pretends to be an FTP server: no users, no checks, nothing is stored. RETR sends the file at
 * the path below ROOT, STOR throws away. What the generator reaches against it is the ceiling of the table: a server
 * close to it is measured together with the generator. Usage: ceiling PORT ROOT [CERTIFICATE KEY]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

static const char *root;
static SSL_CTX *context;

struct connection {
  int fd;
  SSL *ssl;
  int passive;
  size_t held;
  char buffer[4096];
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void answer(struct connection *c, const char *format, ...) {
  char line[256];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(line, sizeof line, format, list);
  va_end(list);
  if (c->ssl != NULL) {
    SSL_write(c->ssl, line, length);
  } else if (send(c->fd, line, (size_t)length, MSG_NOSIGNAL) < 0) {
    return;
  }
}

/* `port` 0 lets the kernel choose; it is then the chosen one. */
static int listen_on_loopback(int backlog, in_port_t *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int on = 1;
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, backlog) < 0) die("listen");
  getsockname(fd, (struct sockaddr *)&address, &length);
  *port = ntohs(address.sin_port);
  return fd;
}

static int accept_one(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  int on = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static SSL *serve_tls(int fd) {
  SSL *ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  if (SSL_accept(ssl) == 1) return ssl;
  SSL_free(ssl);
  return NULL;
}

static void send_tls(SSL *ssl, int file, size_t size) {
  const char *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) die("mmap");
  BIO *buffered = BIO_new(BIO_f_buffer());
  BIO_set_write_buffer_size(buffered, 8 * (16 * 1024 + 256));
  BIO_up_ref(SSL_get_wbio(ssl));
  BIO_push(buffered, SSL_get_wbio(ssl));
  SSL_set0_wbio(ssl, buffered);
  for (size_t at = 0; at < size;) {
    int n = SSL_write(ssl, bytes + at, (int)(size - at < CHUNK ? size - at : CHUNK));
    if (n <= 0) break;
    at += (size_t)n;
  }
  SSL_shutdown(ssl);
  (void)!BIO_flush(buffered);
  munmap((void *)bytes, size);
}

static void retrieve(struct connection *c, int fd, const char *path) {
  char full[8192];
  struct stat status;
  snprintf(full, sizeof full, "%s/%s", root, path);
  int file = open(full, O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat(file, &status) < 0) die(full);
  SSL *ssl = c->ssl != NULL ? serve_tls(fd) : NULL;
  if (ssl != NULL) {
    send_tls(ssl, file, (size_t)status.st_size);
    SSL_free(ssl);
  } else {
    for (off_t at = 0; at < status.st_size;) {
      if (sendfile(fd, file, &at, (size_t)(status.st_size - at)) <= 0) break;
    }
  }
  close(file);
}

static void store(struct connection *c, int fd) {
  if (c->ssl == NULL) {
    while (recv(fd, NULL, 4 * CHUNK, MSG_TRUNC) > 0) continue;
    return;
  }
  SSL *ssl = serve_tls(fd);
  if (ssl == NULL) return;
  SSL_set_default_read_buffer_len(ssl, 8 * (16 * 1024 + 256));
  SSL_set_read_ahead(ssl, 1);
  char *buffer = malloc(CHUNK);
  while (buffer != NULL && SSL_read(ssl, buffer, CHUNK) > 0) continue;
  free(buffer);
  SSL_free(ssl);
}

static void passive(struct connection *c) {
  in_port_t port = 0;
  if (c->passive >= 0) close(c->passive);
  c->passive = listen_on_loopback(1, &port);
  answer(c, "229 Entering Extended Passive Mode (|||%d|)\r\n", port);
}

static void transfer(struct connection *c, const char *line) {
  int fd = accept_one(c->passive);
  answer(c, "150 Here\r\n");
  if (strncasecmp(line, "RETR ", 5) == 0) {
    retrieve(c, fd, line + 5);
  } else {
    store(c, fd);
  }
  close(fd);
  close(c->passive);
  c->passive = -1;
  answer(c, "226 Done\r\n");
}

/* Answers one line; false ends the connection. */
static int command(struct connection *c, const char *line) {
  if (strncasecmp(line, "USER", 4) == 0) answer(c, "331 Any password\r\n");
  else if (strncasecmp(line, "PASS", 4) == 0) answer(c, "230 In\r\n");
  else if (strncasecmp(line, "EPSV", 4) == 0) passive(c);
  else if (strncasecmp(line, "RETR", 4) == 0 || strncasecmp(line, "STOR", 4) == 0) transfer(c, line);
  else if (strncasecmp(line, "AUTH", 4) == 0) {
    answer(c, "234 Go\r\n");
    c->ssl = serve_tls(c->fd);
    return c->ssl != NULL;
  } else if (strncasecmp(line, "QUIT", 4) == 0) {
    answer(c, "221 Bye\r\n");
    return 0;
  } else answer(c, "200 OK\r\n");
  return 1;
}

static void *serve(void *argument) {
  struct connection *c = argument;
  answer(c, "220 Ceiling\r\n");
  for (;;) {
    char *end = memchr(c->buffer, '\n', c->held);
    if (end != NULL) {
      size_t taken = (size_t)(end - c->buffer) + 1;
      end[end > c->buffer ? -1 : 0] = '\0';
      if (!command(c, c->buffer)) break;
      c->held -= taken;
      memmove(c->buffer, c->buffer + taken, c->held);
      continue;
    }
    size_t room = sizeof c->buffer - c->held;
    ssize_t n = room == 0      ? 0
                : c->ssl != NULL ? SSL_read(c->ssl, c->buffer + c->held, (int)room)
                                 : recv(c->fd, c->buffer + c->held, room, 0);
    if (n <= 0) break;
    c->held += (size_t)n;
  }
  if (c->ssl != NULL) SSL_free(c->ssl);
  if (c->passive >= 0) close(c->passive);
  close(c->fd);
  free(c);
  return NULL;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc != 3 && argc != 5) {
    fputs("usage: ceiling PORT ROOT [CERTIFICATE KEY]\n", stderr);
    return 2;
  }
  root = argv[2];
  if (argc == 5) {
    context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, argv[3]) != 1) die(argv[3]);
    if (SSL_CTX_use_PrivateKey_file(context, argv[4], SSL_FILETYPE_PEM) != 1) die(argv[4]);
  }
  in_port_t port = (in_port_t)atoi(argv[1]);
  int listener = listen_on_loopback(1024, &port);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  for (;;) {
    int fd = accept_one(listener);
    if (fd < 0) continue;
    struct connection *c = calloc(1, sizeof *c);
    pthread_t thread;
    if (c == NULL) die("connection");
    c->fd = fd;
    c->passive = -1;
    if (pthread_create(&thread, &attributes, serve, c) != 0) die("thread");
  }
}
