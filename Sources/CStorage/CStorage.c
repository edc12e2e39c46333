// Swift can't call C functions with a variable number of arguments. This file wraps such functions.
#include "CStorage.h"
#include <errno.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/random.h>

void storage_disable_memory_statistics(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int storage_fill_random(void *bytes, size_t count) {
  unsigned char *next = bytes;
  while (count > 0) {
    ssize_t read = getrandom(next, count, 0);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return -1;
    next += read;
    count -= (size_t)read;
  }
  return 0;
}

void storage_name_thread(const char *name) {
  prctl(PR_SET_NAME, name);
}
