#include "probe.h"

#include "works.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct probe {
  pthread_t thread;
  atomic_bool stopped;
  struct session session;
  int count;
  double longest;
};

static void *ask(void *argument) {
  struct probe *probe = argument;
  const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
  while (!atomic_load(&probe->stopped)) {
    double begin = now();
    session_send(&probe->session, "NOOP");
    session_expect(&probe->session, '2', "NOOP");
    double took = now() - begin;
    if (took > probe->longest) probe->longest = took;
    probe->count++;
    nanosleep(&pause, NULL);
  }
  return NULL;
}

struct probe *probe_prepare(const struct target *target) {
  struct probe *probe = calloc(1, sizeof *probe);
  if (probe == NULL) fail("no memory for the probe");
  session_open(&probe->session, target);
  return probe;
}

void probe_start(struct probe *probe) {
  if (pthread_create(&probe->thread, NULL, ask, probe) != 0) fail("no thread for the probe");
}

void probe_stop(struct probe *probe, int *count, double *longest) {
  atomic_store(&probe->stopped, true);
  pthread_join(probe->thread, NULL);
  session_close(&probe->session, true);
  *count = probe->count;
  *longest = probe->longest;
  free(probe);
}
