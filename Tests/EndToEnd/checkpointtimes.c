/* Measures SQLite's checkpoints in another program. The library is loaded with LD_PRELOAD. It writes the duration of each checkpoint
   in microseconds, one per line, to the file that the environment variable CHECKPOINT_TIMES names. All writes of the same
   database wait during a checkpoint. */
#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

int sqlite3_wal_checkpoint_v2(sqlite3 *database, const char *schema, int mode, int *frames, int *copied) {
  static int (*original)(sqlite3 *, const char *, int, int *, int *);
  if (!original) *(void **)&original = dlsym(RTLD_NEXT, "sqlite3_wal_checkpoint_v2");
  const char *path = getenv("CHECKPOINT_TIMES");
  if (!original || !path) {
    fprintf(stderr, "checkpointtimes.c needs SQLite as a shared library, and the variable CHECKPOINT_TIMES.\n");
    abort();
  }
  long start = microseconds();
  int result = original(database, schema, mode, frames, copied);
  char line[32];
  int length = snprintf(line, sizeof line, "%ld\n", microseconds() - start);
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) {
    if (write(file, line, length) < 0) perror("CHECKPOINT_TIMES");
    close(file);
  }
  return result;
}
