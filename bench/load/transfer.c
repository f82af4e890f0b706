#include "works.h"

#include "probe.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One client: a thread with one session. */
struct client {
  pthread_t thread;
  int number;
  const struct task *task;
  const struct source *source;
  pthread_barrier_t *start;
  struct session session;
  struct inspection inspection;
  struct received received;
  double end;
};

static void download(struct client *client) {
  const struct task *task = client->task;
  struct session *session = &client->session;
  int fd = session_passive(session, &task->target);
  if (task->path != NULL) {
    session_send(session, "%s %s", task->command, task->path);
  } else {
    session_send(session, "%s", task->command);
  }
  struct data data = data_open(fd, &task->target);
  session_expect(session, '1', task->command);
  struct received received = data_receive(&data, &client->inspection);
  data_close(&data);
  session_expect(session, '2', task->command);
  client->received.bytes += received.bytes;
  client->received.lines += received.lines;
}

static void upload(struct client *client) {
  const struct task *task = client->task;
  struct session *session = &client->session;
  char path[LINE_MAX_BYTES / 2];
  /* The path comes from the harness and holds one %d at most. */
  snprintf(path, sizeof path, task->path, client->number);
  int fd = session_passive(session, &task->target);
  session_send(session, "STOR %s", path);
  struct data data = data_open(fd, &task->target);
  session_expect(session, '1', "STOR");
  data_send(&data, client->source);
  session_expect(session, '2', "STOR");
  data_close(&data);
  client->received.bytes += client->source->size;
}

static void *run_client(void *argument) {
  struct client *client = argument;
  session_open(&client->session, &client->task->target);
  bool listing = strcmp(client->task->command, "LIST") == 0 || strcmp(client->task->command, "MLSD") == 0;
  client->inspection.lines = listing;
  pthread_barrier_wait(client->start);
  for (int i = 0; i < client->task->count; i++) {
    if (client->source != NULL) {
      upload(client);
    } else {
      download(client);
    }
  }
  client->end = now();
  session_close(&client->session, true);
  return NULL;
}

static void finish_digest(EVP_MD_CTX *digest, char *hex) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest, sum, &length);
  for (unsigned int i = 0; i < length; i++) sprintf(hex + 2 * i, "%02x", sum[i]);
  EVP_MD_CTX_free(digest);
}

void work_transfer(const struct task *task, struct result *result) {
  struct source source = {0};
  bool uploads = strcmp(task->command, "STOR") == 0;
  if (uploads) source = source_open(task->source);

  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, (unsigned)task->clients + 1);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);

  struct client *clients = calloc((size_t)task->clients, sizeof *clients);
  if (clients == NULL) fail("no memory for %d clients", task->clients);
  EVP_MD_CTX *digest = NULL;
  if (task->digest) {
    digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
  }
  struct probe *probe = task->probe ? probe_prepare(&task->target) : NULL;
  for (int i = 0; i < task->clients; i++) {
    struct client *client = &clients[i];
    client->number = i;
    client->task = task;
    client->source = uploads ? &source : NULL;
    client->start = &start;
    client->inspection.digest = i == 0 ? digest : NULL;
    if (pthread_create(&client->thread, &attributes, run_client, client) != 0) fail("no thread for client %d", i);
  }

  pthread_barrier_wait(&start);
  double begin = now();
  double cpu = cpu_seconds();
  if (probe != NULL) probe_start(probe);
  double end = begin;
  for (int i = 0; i < task->clients; i++) {
    pthread_join(clients[i].thread, NULL);
    if (clients[i].end > end) end = clients[i].end;
    result->bytes += clients[i].received.bytes;
    result->lines += clients[i].received.lines;
  }
  result->seconds = end - begin;
  result->cpu_seconds = cpu_seconds() - cpu;
  if (probe != NULL) probe_stop(probe, &result->probes, &result->probe_longest);
  if (digest != NULL) finish_digest(digest, result->sha256);
  free(clients);
}
