/* Data connections: bytes thrown away as fast as the kernel gives them, and bytes sent out of a file. */
#ifndef LOAD_DATA_H
#define LOAD_DATA_H

#include "ftp.h"

#include <openssl/evp.h>

/* What one data connection brought. */
struct received {
  unsigned long long bytes;
  unsigned long long lines; /* line ends; only counted when asked */
};

/* How to look at the bytes that arrive. All off: they are discarded inside the kernel. */
struct inspection {
  EVP_MD_CTX *digest; /* NULL: no checksum */
  bool lines;
};

/* A data connection: `ssl` is NULL in the clear. */
struct data {
  int fd;
  SSL *ssl;
};

/*
 * Makes a connected socket a data connection, with the TLS handshake where the target has TLS. Call it after the
 * transfer command and before its 150 is read: ftp-srv says 150 only after the handshake, the others before it.
 */
struct data data_open(int fd, const struct target *target);

/* Reads a data connection to its end. */
struct received data_receive(struct data *data, const struct inspection *inspection);

/* What is uploaded: a file, mapped once and shared by all threads. */
struct source {
  int fd;
  const char *bytes;
  size_t size;
};

/* Maps `path` with all its pages, so that no upload waits for them. */
struct source source_open(const char *path);

/* Sends the whole source and then the end (close_notify under TLS, FIN in both). */
void data_send(struct data *data, const struct source *source);

/* Closes; for an upload after its 226, as closing with unread TLS tickets would send RST. */
void data_close(struct data *data);

#endif
