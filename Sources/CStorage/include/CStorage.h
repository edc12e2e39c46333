#ifndef REFLOG_CSTORAGE_H
#define REFLOG_CSTORAGE_H

#include <stddef.h>
#include <stdint.h>

/// Switches off SQLite's memory statistics, because every allocation would lock the mutex of the statistics
/// (sqlite.org/c3ref/c_config_covering_index_scan.html). Call this function before the first connection is opened. A
/// later call has no effect.
void storage_disable_memory_statistics(void);

/// Fills memory with bytes from the kernel's random number generator (getrandom(2)). Returns 0, or -1 after an error.
int storage_fill_random(void *bytes, size_t count);

/// Sets the name of the calling thread, for tools that show threads. The name can have at most 15 bytes.
void storage_name_thread(const char *name);

/// Sets the slice of the calling thread in nanoseconds (sched_setattr(2)). With Linux 6.12 or later, a thread with a
/// shorter slice that wakes immediately interrupts a thread with a longer slice. If the calling thread creates a thread,
/// the new thread has the normal slice.
void storage_set_slice(uint64_t slice);

/// Marks the calling thread as a background thread.
void storage_enter_background(void);

/// Returns 1 if the calling thread called storage_enter_background, and 0 if it did not.
int storage_is_background(void);

/// The result of storage_scan_log.
struct storage_log_content {
  /// The number of frames in complete transactions.
  uint32_t frame_count;
  /// The number of pages of the database after the last complete transaction.
  uint32_t page_count;
  /// Whether all frames of the complete transactions contain page 1.
  int has_only_first_page;
  /// Whether a transaction that was complete and flushed can't be read any more. A crash can damage only the last
  /// transaction, because each transaction is flushed before the next transaction begins.
  int is_damaged;
};

/// Reads the frames of a write-ahead log and verifies their checksums (sqlite.org/fileformat2, section 4). `header`
/// contains the first 32 bytes of the log, which must be valid. Returns 0, or -1 after an error.
int storage_scan_log(int file, const unsigned char *header, struct storage_log_content *content);

/// Renames a file, and fails with EEXIST if a file with the new name exists (renameat2(2)). If the file system does not
/// support such a rename, a file with the new name is replaced. Returns 0, or -1 after an error.
int storage_rename_to_new(const char *from, const char *to);

/// Deletes all contents of the database of a connection (`sqlite3 *`), even if the file is damaged, and makes the file
/// small (SQLITE_DBCONFIG_RESET_DATABASE). Returns a result code of SQLite.
int storage_empty_database(void *connection);

/// Sets whether SQLite copies the write-ahead log into the database and deletes the log when the last connection
/// (`sqlite3 *`) to the database closes (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE). SQLite does this unless `deletes` is 0.
/// Returns a result code of SQLite.
int storage_delete_log_at_close(void *connection, int deletes);

/// The inode number and the device of a file. They identify the file: a new file with the same name has other values.
struct storage_file_identity {
  uint64_t number;
  uint32_t device_major;
  uint32_t device_minor;
};

/// Reads the identity of the file at a path. Returns 0, or -1 after an error.
///
/// The function does not read the times of the file. After stat(2) has read these times, Linux stores a new time with
/// the next write. The next fdatasync(2) must then also write the file's inode, and takes longer.
int storage_identify_file(const char *path, struct storage_file_identity *identity);

#endif
