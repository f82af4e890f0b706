/*
 * A way that takes its time: hands the bytes of TCP connections on to a port of 127.0.0.1 after a delay, there and back each, and takes no
 * bandwidth away.
 * Usage: relay PORT MILLISECONDS. Prints its own port and stays until it is ended.
 */
#include "tcp.h"

#include <signal.h>
#include <stdatomic.h>

static double delay_seconds;

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
    parcel->due = now() + delay_seconds;
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

static void relay_one(int near, int port) {
  int far = dial(port);
  if (far < 0) {
    close(near);
    return;
  }
  no_delay(near);
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

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "relay PORT MILLISECONDS\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  int port = (int)number(argv[1]);
  delay_seconds = (double)number(argv[2]) / 1e3;
  int listener = listen_here();
  for (;;) {
    int near = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (near >= 0) relay_one(near, port);
  }
}
