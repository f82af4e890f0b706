/*
 * A link that takes its time: joins two network namespaces by a pair of TUN interfaces and hands every IP packet from
 * one to the other after a delay, the packets that open a connection and the replies on it alike. No bandwidth is
 * taken away and nothing is lost while there is room for PACKETS of them in each direction.
 * Usage: delay NAMESPACE INTERFACE NAMESPACE INTERFACE MICROSECONDS. Prints "ready" once both interfaces are there and
 * stays until it is ended; the interfaces go with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Longest packet, in bytes; the interfaces have an MTU of 1500. */
#define PACKET_MAX_BYTES 2048
/* What one direction holds at most: 32 MiB. At 20 ms that is 1 GB/s, more than TUN carries. */
#define PACKETS (16 * 1024)

struct packet {
  long long due; /* nanoseconds */
  size_t size;
  char bytes[PACKET_MAX_BYTES];
};

/* One way of the link: a ring in the order of arrival, which is the order of `due` too. */
struct direction {
  int from;
  int to;
  size_t first;
  size_t held;
  struct packet *packets;
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Goes into the namespace for good; the next call leaves it again. */
static int open_interface(const char *space, const char *name) {
  int where = open(space, O_RDONLY | O_CLOEXEC);
  if (where < 0 || setns(where, CLONE_NEWNET) < 0) die(space);
  close(where);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) die("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl(fd, TUNSETIFF, &request) < 0) die(name);
  return fd;
}

/* Takes what has arrived while there is room. A full ring leaves the rest in the interface's own queue. */
static void take(struct direction *way, long long delay) {
  while (way->held < PACKETS) {
    struct packet *packet = &way->packets[(way->first + way->held) % PACKETS];
    ssize_t size = read(way->from, packet->bytes, sizeof packet->bytes);
    if (size <= 0) return;
    packet->due = now() + delay;
    packet->size = (size_t)size;
    way->held++;
  }
}

/* Hands on what is due, and gives the time of the next; 0 when nothing waits. */
static long long hand_on(struct direction *way) {
  while (way->held > 0) {
    struct packet *packet = &way->packets[way->first];
    if (packet->due > now()) return packet->due;
    /* What an interface without an address or a full device refuses is lost, as on any link. */
    (void)!write(way->to, packet->bytes, packet->size);
    way->first = (way->first + 1) % PACKETS;
    way->held--;
  }
  return 0;
}

static long long earlier(long long a, long long b) {
  if (a == 0 || b == 0) return a + b;
  return a < b ? a : b;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fputs("usage: delay NAMESPACE INTERFACE NAMESPACE INTERFACE MICROSECONDS\n", stderr);
    return 2;
  }
  /* The namespaces must not outlive a run that was killed because this process holds them. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1);
  /* A busy machine should not make the link longer; without the right to it, it runs like any other process. */
  (void)!setpriority(PRIO_PROCESS, 0, -10);
  long long delay = atoll(argv[5]) * 1000;
  int here = open_interface(argv[1], argv[2]);
  int there = open_interface(argv[3], argv[4]);
  struct direction ways[2] = {{.from = here, .to = there}, {.from = there, .to = here}};
  for (int i = 0; i < 2; i++) {
    ways[i].packets = calloc(PACKETS, sizeof *ways[i].packets);
    if (ways[i].packets == NULL) die("packets");
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    long long next = earlier(hand_on(&ways[0]), hand_on(&ways[1]));
    struct pollfd polled[2];
    for (int i = 0; i < 2; i++) {
      polled[i] = (struct pollfd){.fd = ways[i].held < PACKETS ? ways[i].from : -1, .events = POLLIN};
    }
    long long wait = next == 0 ? 0 : next - now();
    if (wait < 0) wait = 0;
    struct timespec time = {.tv_sec = wait / 1000000000LL, .tv_nsec = wait % 1000000000LL};
    if (ppoll(polled, 2, next == 0 ? NULL : &time, NULL) < 0 && errno != EINTR) die("ppoll");
    for (int i = 0; i < 2; i++) {
      if (polled[i].revents != 0) take(&ways[i], delay);
    }
  }
}
