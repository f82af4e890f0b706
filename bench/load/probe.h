/* Round trips of NOOP on a session of its own while something else keeps the server busy. */
#ifndef LOAD_PROBE_H
#define LOAD_PROBE_H

#include "ftp.h"

struct probe;

/* Logs the session in. */
struct probe *probe_prepare(const struct target *target);

/* Begins to ask, every two milliseconds. */
void probe_start(struct probe *probe);

/* Ends and gives the number of round trips and the longest, in seconds. Frees the probe. */
void probe_stop(struct probe *probe, int *count, double *longest);

#endif
