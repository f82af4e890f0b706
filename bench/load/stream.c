/*
 * Streams of TCP for the works about gateways: a server that gives, takes and echoes, and clients that reach it through whatever
 * listens at their port.
 *
 *   stream serve                                   prints its port and stays until it is ended
 *   stream WORK --port N [--socks N] [--streams N] [--bytes N] [--count N] [--limit SECONDS]
 *
 * WORK: `down` and `up` move so many bytes on each of the streams at once. `open` opens streams one after the other on each of so many
 * threads, with 64 bytes there and back on each. `small` does the same 64 bytes on one stream beside so many that are busy downwards.
 * `idle` holds so many streams open, says "ready", and waits for the end of its input. With --socks the port is that of a SOCKS5 proxy
 * and the number that of the server behind it. Each work prints one line of JSON.
 */
#include "tcp.h"

#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* What is written or read at once. */
#define PIECE (256 * 1024)
#define SMALL 64

struct request {
  uint64_t count;
  char work;
} __attribute__((packed));

struct options {
  int port, socks, streams, count;
  uint64_t bytes;
};

static struct options options = {.streams = 1, .count = 100, .bytes = 1000000};

static bool receive_all(int fd, void *into, size_t size) {
  for (char *at = into; size > 0;) {
    ssize_t got = recv(fd, at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= (size_t)got;
  }
  return true;
}

/* Reads to the end; -1 when it is none. */
static int64_t drain(int fd, char *buffer) {
  int64_t total = 0;
  for (;;) {
    ssize_t got = recv(fd, buffer, PIECE, 0);
    if (got == 0) return total;
    if (got < 0 && errno != EINTR) return -1;
    if (got > 0) total += got;
  }
}

static bool give(int fd, const char *buffer, uint64_t count) {
  for (; count > 0;) {
    size_t piece = count < PIECE ? (size_t)count : PIECE;
    if (!send_all(fd, buffer, piece)) return false;
    count -= piece;
  }
  return true;
}

static void *piece_of_memory(void) {
  char *buffer = malloc(PIECE);
  if (buffer == NULL) die("memory");
  for (size_t i = 0; i < PIECE; i++) buffer[i] = (char)(i * 131 + (i >> 8));
  return buffer;
}

static void *serve_one(void *argument) {
  int fd = (int)(intptr_t)argument;
  struct request request;
  if (receive_all(fd, &request, sizeof request)) {
    if (request.work == 'e') {
      char small[SMALL];
      while (receive_all(fd, small, SMALL) && send_all(fd, small, SMALL));
      shutdown(fd, SHUT_WR);
    } else {
      char *buffer = piece_of_memory();
      if (request.work == 'd') {
        give(fd, buffer, request.count);
        shutdown(fd, SHUT_WR);
        drain(fd, buffer);
      } else {
        int64_t total = drain(fd, buffer);
        if (total >= 0) send_all(fd, &total, sizeof total);
      }
      free(buffer);
    }
  }
  close(fd);
  return NULL;
}

static void serve(void) {
  int listener = listen_here();
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) continue;
    no_delay(fd);
    in_thread(NULL, serve_one, (void *)(intptr_t)fd);
  }
}


/* A connection to the server, through what is measured. */
static int reach(char work, uint64_t count) {
  int fd = dial(options.port);
  if (fd < 0) die("connect");
  if (options.socks > 0) {
    unsigned char ask[] = {5, 1, 0, 1, 127, 0, 0, 1, (unsigned char)(options.socks >> 8), (unsigned char)options.socks};
    unsigned char answer[10];
    if (!send_all(fd, (unsigned char[]){5, 1, 0}, 3) || !receive_all(fd, answer, 2)) die("SOCKS");
    if (!send_all(fd, ask, sizeof ask) || !receive_all(fd, answer, 10)) die("SOCKS");
    if (answer[1] != 0) die("SOCKS refused");
  }
  struct request request = {.count = count, .work = work};
  if (!send_all(fd, &request, sizeof request)) die("request");
  return fd;
}

static void ping(int fd) {
  char small[SMALL] = "ping";
  if (!send_all(fd, small, SMALL) || !receive_all(fd, small, SMALL)) die("echo");
}

static atomic_bool enough;

/* Downloads; with `enough` it breaks off. */
static void *download(void *argument) {
  (void)argument;
  char *buffer = piece_of_memory();
  int fd = reach('d', options.bytes);
  uint64_t total = 0;
  for (;;) {
    ssize_t got = recv(fd, buffer, PIECE, 0);
    if (got < 0) die("download");
    if (got == 0 || enough) break;
    total += (uint64_t)got;
  }
  if (!enough && total != options.bytes) {
    errno = 0;
    die("a download is short");
  }
  close(fd);
  free(buffer);
  return NULL;
}

static void *upload(void *argument) {
  (void)argument;
  char *buffer = piece_of_memory();
  int fd = reach('u', options.bytes);
  int64_t total = 0;
  if (!give(fd, buffer, options.bytes)) die("upload");
  shutdown(fd, SHUT_WR);
  if (!receive_all(fd, &total, sizeof total)) die("upload's answer");
  if ((uint64_t)total != options.bytes) {
    errno = 0;
    die("an upload is short");
  }
  close(fd);
  free(buffer);
  return NULL;
}

static void *open_many(void *argument) {
  double *times = argument;
  for (int i = 0; i < options.count; i++) {
    double begin = now();
    int fd = reach('e', 0);
    ping(fd);
    times[i] = now() - begin;
    close(fd);
  }
  return NULL;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_times(double *times, int count, double seconds) {
  qsort(times, (size_t)count, sizeof *times, by_size);
  printf("{\"seconds\":%.6f,\"count\":%d,\"p50Ms\":%.4f,\"p95Ms\":%.4f,\"p99Ms\":%.4f,\"maxMs\":%.4f}\n", seconds, count,
         times[count / 2] * 1e3, times[count * 95 / 100] * 1e3, times[count * 99 / 100] * 1e3, times[count - 1] * 1e3);
}

static void move(void *(*work)(void *)) {
  pthread_t threads[options.streams];
  double begin = now();
  for (int i = 0; i < options.streams; i++) in_thread(&threads[i], work, NULL);
  for (int i = 0; i < options.streams; i++) pthread_join(threads[i], NULL);
  double seconds = now() - begin;
  printf("{\"seconds\":%.6f,\"bytes\":%llu}\n", seconds, (unsigned long long)options.bytes * (unsigned)options.streams);
}

static void open_streams(void) {
  pthread_t threads[options.streams];
  int all = options.streams * options.count;
  double *times = calloc((size_t)all, sizeof *times);
  double begin = now();
  for (int i = 0; i < options.streams; i++) in_thread(&threads[i], open_many, times + i * options.count);
  for (int i = 0; i < options.streams; i++) pthread_join(threads[i], NULL);
  print_times(times, all, now() - begin);
}

static void small_beside(void) {
  int fd = reach('e', 0);
  ping(fd);
  options.bytes = UINT64_MAX / 2;
  for (int i = 0; i < options.streams; i++) in_thread(NULL, download, NULL);
  /* Until they are at full speed. */
  usleep(500000);
  double *times = calloc((size_t)options.count, sizeof *times), begin = now();
  for (int i = 0; i < options.count; i++) {
    double before = now();
    ping(fd);
    times[i] = now() - before;
    usleep(5000);
  }
  print_times(times, options.count, now() - begin);
  enough = true;
}

static void hold(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (int i = 0; i < options.streams; i++) ping(reach('e', 0));
  printf("ready\n");
  fflush(stdout);
  for (char byte; read(STDIN_FILENO, &byte, 1) > 0;);
}

int main(int argc, char **argv) {
  const char *work = argc > 1 ? argv[1] : "";
  static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},  {"socks", required_argument, NULL, 's'},
      {"streams", required_argument, NULL, 'n'}, {"bytes", required_argument, NULL, 'b'},
      {"count", required_argument, NULL, 'c'}, {"limit", required_argument, NULL, 'l'},
      {NULL, 0, NULL, 0},
  };
  signal(SIGPIPE, SIG_IGN);
  for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
    switch (option) {
      case 'p': options.port = (int)number(optarg); break;
      case 's': options.socks = (int)number(optarg); break;
      case 'n': options.streams = (int)number(optarg); break;
      case 'b': options.bytes = number(optarg); break;
      case 'c': options.count = (int)number(optarg); break;
      case 'l': alarm((unsigned)number(optarg)); break;
      default: return 2;
    }
  }
  if (strcmp(work, "serve") == 0) serve();
  else if (strcmp(work, "down") == 0) move(download);
  else if (strcmp(work, "up") == 0) move(upload);
  else if (strcmp(work, "open") == 0) open_streams();
  else if (strcmp(work, "small") == 0) small_beside();
  else if (strcmp(work, "idle") == 0) hold();
  else {
    fprintf(stderr, "the work is not known: %s\n", work);
    return 2;
  }
  return 0;
}
