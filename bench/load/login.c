#include "works.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The sessions of a run and the next one that no thread has taken. */
struct crowd {
  const struct task *task;
  struct session *sessions;
  atomic_int next;
};

static void *log_in(void *argument) {
  struct crowd *crowd = argument;
  for (int i; (i = atomic_fetch_add(&crowd->next, 1)) < crowd->task->clients;) {
    session_login(&crowd->sessions[i], &crowd->task->target);
  }
  return NULL;
}

static void open_all(struct crowd *crowd) {
  crowd->sessions = calloc((size_t)crowd->task->clients, sizeof *crowd->sessions);
  if (crowd->sessions == NULL) fail("no memory for %d sessions", crowd->task->clients);
  pthread_t threads[LOGINS_UNDER_WAY];
  for (int i = 0; i < LOGINS_UNDER_WAY; i++) {
    if (pthread_create(&threads[i], NULL, log_in, crowd) != 0) fail("no thread to log in with");
  }
  for (int i = 0; i < LOGINS_UNDER_WAY; i++) pthread_join(threads[i], NULL);
}

void work_login(const struct task *task, struct result *result) {
  struct crowd crowd = {.task = task};
  double begin = now();
  double cpu = cpu_seconds();
  open_all(&crowd);
  for (int i = 0; i < task->clients; i++) session_send(&crowd.sessions[i], "QUIT");
  for (int i = 0; i < task->clients; i++) session_expect(&crowd.sessions[i], '2', "QUIT");
  result->seconds = now() - begin;
  result->cpu_seconds = cpu_seconds() - cpu;
  for (int i = 0; i < task->clients; i++) session_close(&crowd.sessions[i], false);
  free(crowd.sessions);
}

void work_idle(const struct task *task, struct result *result) {
  struct crowd crowd = {.task = task};
  double begin = now();
  double cpu = cpu_seconds();
  open_all(&crowd);
  result->seconds = now() - begin;
  result->cpu_seconds = cpu_seconds() - cpu;
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  for (int i = 0; i < task->clients; i++) session_close(&crowd.sessions[i], false);
  free(crowd.sessions);
}
