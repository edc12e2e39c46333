// What Swift can't call by itself: sqlite3_config has a variable number of arguments.
#include "CStorage.h"
#include <errno.h>
#include <sqlite3.h>
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
