/*
 * Runs a program and says what it cost: a line of JSON on standard output with the seconds from fork to its end, the
 * processor seconds of it and of the children it waited for, and the largest resident set of any one of them in bytes.
 * Its own output is thrown away, its errors pass through. Usage: timed COMMAND [ARGUMENT]...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: timed COMMAND [ARGUMENT]...\n", stderr);
    return 2;
  }
  /* Neither this process nor the client outlives the run that started it. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  double begin = now();
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return 1;
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nowhere, STDOUT_FILENO);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) {
    perror("wait4");
    return 1;
  }
  double end = now();
  printf("{\"seconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f,\"maxRss\":%lld}\n", end - begin,
         seconds(usage.ru_utime), seconds(usage.ru_stime), (long long)usage.ru_maxrss * 1024);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
