#ifndef REFLOG_CSTORAGE_H
#define REFLOG_CSTORAGE_H

#include <stddef.h>

/// Turns off SQLite's memory statistics: every allocation would take their mutex
/// (sqlite.org/c3ref/c_config_covering_index_scan.html). Call it before the first connection is opened. Later it has no effect.
void storage_disable_memory_statistics(void);

/// Fills memory from the kernel's random number generator (getrandom(2)). Returns 0, or -1 if that fails.
int storage_fill_random(void *bytes, size_t count);

/// Names the calling thread, for tools that show threads. The name has at most 15 bytes.
void storage_name_thread(const char *name);

#endif
