#ifndef REFLOG_CSTORAGE_H
#define REFLOG_CSTORAGE_H

#include <stddef.h>

/// Turns off SQLite's memory statistics, because every allocation would lock their mutex
/// (sqlite.org/c3ref/c_config_covering_index_scan.html). Call this function before the first connection is opened. A
/// later call has no effect.
void storage_disable_memory_statistics(void);

/// Fills memory with bytes from the kernel's random number generator (getrandom(2)). Returns 0, or -1 after an error.
int storage_fill_random(void *bytes, size_t count);

/// Sets the name of the calling thread, for tools that show threads. The name can have at most 15 bytes.
void storage_name_thread(const char *name);

#endif
