#define _GNU_SOURCE
#include "data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes asked of one read. Larger does not help on loopback, smaller costs calls. */
#define CHUNK (256 * 1024)

struct data data_open(int fd, const struct target *target) {
  if (!target->tls) return (struct data){.fd = fd};
  SSL *ssl = SSL_new(target->context);
  /* One read call takes up to eight records, instead of two calls a record. */
  SSL_set_default_read_buffer_len(ssl, 8 * (16 * 1024 + 256));
  SSL_set_read_ahead(ssl, 1);
  SSL_set_fd(ssl, fd);
  if (SSL_connect(ssl) != 1) fail("the TLS handshake of a data connection failed");
  return (struct data){.fd = fd, .ssl = ssl};
}

static unsigned long long count_lines(const char *bytes, size_t length) {
  unsigned long long lines = 0;
  for (const char *end = bytes + length; (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL; bytes++) {
    lines++;
  }
  return lines;
}

static void inspect(struct received *received, const struct inspection *how, const char *bytes, size_t length) {
  received->bytes += length;
  if (how->lines) received->lines += count_lines(bytes, length);
  if (how->digest != NULL) EVP_DigestUpdate(how->digest, bytes, length);
}

static void discard(int fd, struct received *received) {
  for (;;) {
    /* MSG_TRUNC on TCP drops the bytes without copying them to this process (tcp(7)). */
    ssize_t n = recv(fd, NULL, 4 * CHUNK, MSG_TRUNC);
    if (n < 0) fail("a download stalled or broke: %s", strerror(errno));
    if (n == 0) return;
    received->bytes += (size_t)n;
  }
}

struct received data_receive(struct data *data, const struct inspection *how) {
  struct received received = {0};
  if (data->ssl == NULL && !how->lines && how->digest == NULL) {
    discard(data->fd, &received);
    return received;
  }
  char *buffer = malloc(CHUNK);
  if (buffer == NULL) fail("no memory for a read buffer");
  for (;;) {
    ssize_t n = data->ssl != NULL ? SSL_read(data->ssl, buffer, CHUNK) : recv(data->fd, buffer, CHUNK, 0);
    if (n > 0) {
      inspect(&received, how, buffer, (size_t)n);
      continue;
    }
    bool clean = data->ssl == NULL ? n == 0 : SSL_get_error(data->ssl, (int)n) == SSL_ERROR_ZERO_RETURN;
    if (!clean) fail("a download stalled or broke: %s", strerror(errno));
    break;
  }
  if (data->ssl != NULL) SSL_shutdown(data->ssl);
  free(buffer);
  return received;
}

struct source source_open(const char *path) {
  struct source source = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
  struct stat status;
  if (source.fd < 0 || fstat(source.fd, &status) < 0) fail("cannot read %s: %s", path, strerror(errno));
  source.size = (size_t)status.st_size;
  source.bytes = mmap(NULL, source.size, PROT_READ, MAP_SHARED | MAP_POPULATE, source.fd, 0);
  if (source.bytes == MAP_FAILED) fail("cannot map %s: %s", path, strerror(errno));
  return source;
}

static void send_plain(int fd, const struct source *source) {
  off_t offset = 0;
  while ((size_t)offset < source->size) {
    ssize_t n = sendfile(fd, source->fd, &offset, source->size - (size_t)offset);
    if (n <= 0) fail("an upload stalled or broke: %s", strerror(errno));
  }
}

static void send_tls(SSL *ssl, const struct source *source) {
  /* A buffer below the records: eight records leave in one call. */
  BIO *buffered = BIO_new(BIO_f_buffer());
  BIO_set_write_buffer_size(buffered, 8 * (16 * 1024 + 256));
  BIO_up_ref(SSL_get_wbio(ssl));
  BIO_push(buffered, SSL_get_wbio(ssl));
  SSL_set0_wbio(ssl, buffered);
  for (size_t at = 0; at < source->size;) {
    size_t piece = source->size - at < CHUNK ? source->size - at : CHUNK;
    int n = SSL_write(ssl, source->bytes + at, (int)piece);
    if (n <= 0) fail("an upload under TLS stalled or broke: %s", strerror(errno));
    at += (size_t)n;
  }
  SSL_shutdown(ssl);
  if (BIO_flush(buffered) <= 0) fail("the end of an upload under TLS could not be sent");
}

void data_send(struct data *data, const struct source *source) {
  if (data->ssl != NULL) {
    send_tls(data->ssl, source);
  } else {
    send_plain(data->fd, source);
  }
  shutdown(data->fd, SHUT_WR);
}

void data_close(struct data *data) {
  if (data->ssl != NULL) SSL_free(data->ssl);
  close(data->fd);
}
