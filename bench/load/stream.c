/*
 * Streams of TCP for the works about gateways: a server that gives, takes and echoes, and clients that reach it through whatever
 * listens at their port.
 *
 *   stream serve                                   prints its port and stays until it is ended
 *   stream relay --to N --delay MS                 the same, as a way to port N on which every byte takes so long, there and back each
 *   stream WORK --port N [--socks N] [--streams N] [--bytes N] [--count N] [--limit SECONDS]
 *
 * WORK: `down` and `up` move so many bytes on each of the streams at once. `open` opens streams one after the other on each of so many
 * threads, with 64 bytes there and back on each. `small` does the same 64 bytes on one stream beside so many that are busy downwards.
 * `idle` holds so many streams open, says "ready", and waits for the end of its input. With --socks the port is that of a SOCKS5 proxy
 * and the number that of the server behind it. Each work prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What is written or read at once. */
#define PIECE (256 * 1024)
#define SMALL 64
/* A thread that does nothing else: thousands of idle streams need no more. */
#define STACK (64 * 1024)

struct request {
  uint64_t count;
  char work;
} __attribute__((packed));

struct options {
  int port, socks, streams, count, to, delay;
  uint64_t bytes;
};

static struct options options = {.streams = 1, .count = 100, .bytes = 1000000};

static void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, errno != 0 ? strerror(errno) : "broken off");
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool send_all(int fd, const void *from, size_t size) {
  for (const char *at = from; size > 0;) {
    ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    size -= (size_t)sent;
  }
  return true;
}

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

static void in_thread(pthread_t *thread, void *(*work)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t unused;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  if (thread == NULL) pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  errno = pthread_create(thread == NULL ? &unused : thread, &attributes, work, argument);
  if (errno != 0) die("thread");
  pthread_attr_destroy(&attributes);
}

/* Bytes on their way through the relay, in the order in which they came. */
struct parcel {
  struct parcel *next;
  double due;
  ssize_t size; /* 0: the end, -1: broken */
  char bytes[];
};

/* One way of a connection. */
struct way {
  int from, to;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  struct parcel *first, **last;
  size_t held;
  atomic_int *users;
};

/* What one way holds at most, in bytes: 1.5 GB/s at 40 ms. */
#define WAY_MAX (64u * 1024 * 1024)
#define PARCEL (64 * 1024)

static void leave(struct way *way) {
  if (atomic_fetch_sub(way->users, 1) != 1) return;
  close(way->from);
  close(way->to);
}

static void *take_in(void *argument) {
  struct way *way = argument;
  for (ssize_t got = 1; got > 0;) {
    struct parcel *parcel = malloc(sizeof *parcel + PARCEL);
    if (parcel == NULL) die("memory");
    got = recv(way->from, parcel->bytes, PARCEL, 0);
    parcel->size = got;
    parcel->next = NULL;
    parcel->due = now() + options.delay / 1e3;
    pthread_mutex_lock(&way->lock);
    while (way->held > WAY_MAX) pthread_cond_wait(&way->changed, &way->lock);
    *way->last = parcel;
    way->last = &parcel->next;
    way->held += got > 0 ? (size_t)got : 0;
    pthread_cond_broadcast(&way->changed);
    pthread_mutex_unlock(&way->lock);
  }
  leave(way);
  return NULL;
}

static void *hand_out(void *argument) {
  struct way *way = argument;
  for (bool open = true; open;) {
    pthread_mutex_lock(&way->lock);
    while (way->first == NULL) pthread_cond_wait(&way->changed, &way->lock);
    struct parcel *parcel = way->first;
    way->first = parcel->next;
    if (way->first == NULL) way->last = &way->first;
    pthread_mutex_unlock(&way->lock);
    double wait = parcel->due - now();
    if (wait > 0) usleep((useconds_t)(wait * 1e6));
    if (parcel->size > 0) {
      open = send_all(way->to, parcel->bytes, (size_t)parcel->size);
    } else {
      open = false;
      shutdown(way->to, parcel->size == 0 ? SHUT_WR : SHUT_RDWR);
    }
    pthread_mutex_lock(&way->lock);
    way->held -= parcel->size > 0 ? (size_t)parcel->size : 0;
    pthread_cond_broadcast(&way->changed);
    pthread_mutex_unlock(&way->lock);
    free(parcel);
  }
  leave(way);
  return NULL;
}

static void relay_one(int near) {
  int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  address.sin_port = htons((in_port_t)options.to);
  if (connect(far, (struct sockaddr *)&address, sizeof address) < 0) {
    close(far);
    close(near);
    return;
  }
  setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  atomic_int *users = malloc(sizeof *users);
  struct way *ways = calloc(2, sizeof *ways);
  if (users == NULL || ways == NULL) die("memory");
  atomic_init(users, 4);
  for (int i = 0; i < 2; i++) {
    ways[i] = (struct way){.from = i ? far : near, .to = i ? near : far, .users = users};
    pthread_mutex_init(&ways[i].lock, NULL);
    pthread_cond_init(&ways[i].changed, NULL);
    ways[i].last = &ways[i].first;
    in_thread(NULL, take_in, &ways[i]);
    in_thread(NULL, hand_out, &ways[i]);
  }
}

static void serve(bool relays) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) die("port");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) continue;
    if (relays) {
      relay_one(fd);
      continue;
    }
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    in_thread(NULL, serve_one, (void *)(intptr_t)fd);
  }
}


/* A connection to the server, through what is measured. */
static int reach(char work, uint64_t count) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  address.sin_port = htons((in_port_t)options.port);
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
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

static uint64_t number(const char *text) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (*end != '\0' || errno != 0) die(text);
  return value;
}

int main(int argc, char **argv) {
  const char *work = argc > 1 ? argv[1] : "";
  static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},  {"socks", required_argument, NULL, 's'},
      {"streams", required_argument, NULL, 'n'}, {"bytes", required_argument, NULL, 'b'},
      {"to", required_argument, NULL, 't'},    {"delay", required_argument, NULL, 'd'},
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
      case 't': options.to = (int)number(optarg); break;
      case 'd': options.delay = (int)number(optarg); break;
      case 'l': alarm((unsigned)number(optarg)); break;
      default: return 2;
    }
  }
  if (strcmp(work, "serve") == 0) serve(false);
  else if (strcmp(work, "relay") == 0) serve(true);
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
