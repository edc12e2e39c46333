#ifndef REFLOG_CSTORAGE_H
#define REFLOG_CSTORAGE_H

#include <stddef.h>

/// Turns off SQLite's memory statistics, whose counters stand under one mutex that every allocation takes
/// (sqlite.org/c3ref/c_config_covering_index_scan.html). Call it before the first connection is opened; later it does nothing.
void storage_disable_memory_statistics(void);

/// Fills memory from the kernel's random number generator (getrandom(2)). Returns 0, or -1 where that fails.
int storage_fill_random(void *bytes, size_t count);

/// Names the calling thread, for tools that show threads; at most 15 bytes.
void storage_name_thread(const char *name);

#endif
