/*
 * The load generator of the benchmark: speaks just enough FTP to make a server work, and gets out of the way.
 * Usage: load WORK --port N [--name value]...; WORK is transfer, login or idle. Prints one line of JSON.
 */
#include "works.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int whole(const char *text, const char *name, int lowest) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*end != '\0' || value < lowest || value > 1000000) fail("--%s is not a number in range: %s", name, text);
  return (int)value;
}

static struct task read_task(int argc, char **argv) {
  struct task task = {.command = "RETR", .clients = 1, .count = 1};
  task.target.address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  task.target.user = "bench";
  task.target.password = "bench";
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},    {"user", required_argument, NULL, 'u'},
      {"password", required_argument, NULL, 'w'}, {"command", required_argument, NULL, 'c'},
      {"path", required_argument, NULL, 'f'},    {"source", required_argument, NULL, 's'},
      {"clients", required_argument, NULL, 'n'}, {"count", required_argument, NULL, 'r'},
      {"limit", required_argument, NULL, 'l'},   {"tls", no_argument, NULL, 't'},
      {"sha256", no_argument, NULL, 'd'},        {"probe", no_argument, NULL, 'o'},
      {NULL, 0, NULL, 0},
  };
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
      case 'p': task.target.address.sin_port = htons((in_port_t)whole(optarg, "port", 1)); break;
      case 'u': task.target.user = optarg; break;
      case 'w': task.target.password = optarg; break;
      case 'c': task.command = optarg; break;
      case 'f': task.path = optarg; break;
      case 's': task.source = optarg; break;
      case 'n': task.clients = whole(optarg, "clients", 1); break;
      case 'r': task.count = whole(optarg, "count", 1); break;
      case 'l': alarm((unsigned)whole(optarg, "limit", 1)); break;
      case 't': task.target.tls = true; break;
      case 'd': task.digest = true; break;
      case 'o': task.probe = true; break;
      default: exit(2);
    }
  }
  if (task.target.address.sin_port == 0) fail("--port is missing");
  if (task.target.tls) task.target.context = client_context();
  return task;
}

static void too_late(int signal) {
  (void)signal;
  static const char text[] = "the work took longer than its limit\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(4);
  _exit(3);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGALRM, too_late);
  const char *work = argc > 1 ? argv[1] : "";
  struct task task = read_task(argc, argv);
  struct result result = {0};
  if (strcmp(work, "transfer") == 0) {
    work_transfer(&task, &result);
  } else if (strcmp(work, "login") == 0) {
    work_login(&task, &result);
  } else if (strcmp(work, "idle") == 0) {
    work_idle(&task, &result);
  } else {
    fail("the work is transfer, login or idle, not \"%s\"", work);
  }
  printf("{\"seconds\":%.6f,\"bytes\":%llu,\"lines\":%llu,\"cpuSeconds\":%.6f,\"sha256\":\"%s\","
         "\"probes\":%d,\"probeLongestMs\":%.3f}\n",
         result.seconds, result.bytes, result.lines, result.cpu_seconds, result.sha256, result.probes,
         result.probe_longest * 1e3);
  return 0;
}
