/* The works a run can do. Each prints nothing: it fills a `result` that main writes as one JSON line. */
#ifndef LOAD_WORKS_H
#define LOAD_WORKS_H

#include "data.h"

/* What the command line asked for. */
struct task {
  struct target target;
  const char *command; /* RETR, STOR, LIST or MLSD */
  const char *path;    /* of the file or folder; %d in an upload's name becomes the number of the client */
  const char *source;  /* local file that is uploaded */
  int clients;
  int count; /* times each client does it */
  bool digest;
  bool probe;
};

struct result {
  double seconds;
  double cpu_seconds; /* of the generator itself, in the same time */
  unsigned long long bytes;
  unsigned long long lines;
  char sha256[2 * EVP_MAX_MD_SIZE + 1];
  /* The NOOP probe: round trips on one more session while the work runs. */
  int probes;
  double probe_longest; /* seconds */
};

/* Monotonic time in seconds. */
double now(void);

/* Processor time of this process so far, in seconds. */
double cpu_seconds(void);

/* `clients` sessions, logged in beforehand, each do `command` `count` times, all at the same moment. */
void work_transfer(const struct task *task, struct result *result);

/* `clients` sessions are opened and logged in as fast as possible and held; once all are in, all say QUIT. */
void work_login(const struct task *task, struct result *result);

/* `clients` sessions log in, "ready" is printed, and they stay idle until standard input ends. */
void work_idle(const struct task *task, struct result *result);

#endif
