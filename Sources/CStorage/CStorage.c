// Swift can't call C functions with a variable number of arguments. This file wraps such functions. It also computes
// the checksums of a write-ahead log, because the same code in unoptimized Swift would need seconds for a large log.
#define _GNU_SOURCE
#include "CStorage.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void storage_disable_memory_statistics(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int storage_empty_database(void *connection) {
  int result = sqlite3_db_config(connection, SQLITE_DBCONFIG_RESET_DATABASE, 1, (int *)NULL);
  if (result == SQLITE_OK) result = sqlite3_exec(connection, "VACUUM", NULL, NULL, NULL);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_RESET_DATABASE, 0, (int *)NULL);
  return result;
}

int storage_delete_log_at_close(void *connection, int deletes) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !deletes, (int *)NULL);
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

// The attributes of a thread for the system call sched_setattr(2). The type is declared here because some versions of
// glibc do not have it.
struct thread_attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

// The flag SCHED_FLAG_RESET_ON_FORK of sched_setattr(2).
enum { RESET_ON_FORK = 1 };

void storage_set_slice(uint64_t slice) {
  struct thread_attributes attributes = {
    .size = sizeof attributes,
    .policy = (uint32_t)sched_getscheduler(0),
    .flags = RESET_ON_FORK,
    .nice = getpriority(PRIO_PROCESS, 0),
    .runtime = slice,
  };
  // The thread id 0 means the calling thread. If the call fails, the thread keeps its slice, which does no harm.
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

static _Thread_local int is_background = 0;

void storage_enter_background(void) {
  is_background = 1;
}

int storage_is_background(void) {
  return is_background;
}

enum { LOG_HEADER_SIZE = 32, FRAME_HEADER_SIZE = 24 };

static uint32_t big_endian(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Adds `count` bytes to the checksum of a log. `is_big` is true if the bytes contain big-endian numbers.
static void add_to_checksum(uint32_t sum[2], const unsigned char *bytes, size_t count, int is_big) {
  for (const unsigned char *end = bytes + count; bytes < end; bytes += 8) {
    uint32_t first = big_endian(bytes), second = big_endian(bytes + 4);
    if (!is_big) {
      first = __builtin_bswap32(first);
      second = __builtin_bswap32(second);
    }
    sum[0] += first + sum[1];
    sum[1] += second + sum[0];
  }
}

// Reads the header of a frame. Returns whether the frame header and the log's header contain the same two salts. SQLite
// changes the salts when it writes the log again from the start, so a frame with other salts is an old frame.
static int read_frame_header(int file, off_t at, const unsigned char *header, unsigned char *frame) {
  return pread(file, frame, FRAME_HEADER_SIZE, at) == FRAME_HEADER_SIZE && memcmp(frame + 8, header + 16, 8) == 0;
}

int storage_scan_log(int file, const unsigned char *header, struct storage_log_content *content) {
  size_t page_size = big_endian(header + 8), frame_size = FRAME_HEADER_SIZE + page_size;
  int is_big = big_endian(header) & 1;
  uint32_t sum[2] = {0, 0}, frames = 0;
  int only_first = 1;
  *content = (struct storage_log_content){0, 0, 1, 0};
  unsigned char *frame = malloc(frame_size);
  if (!frame) return -1;
  add_to_checksum(sum, header, 24, is_big);
  off_t at = LOG_HEADER_SIZE;
  while (read_frame_header(file, at, header, frame)) {
    if (pread(file, frame, frame_size, at) != (ssize_t)frame_size) break;
    add_to_checksum(sum, frame, 8, is_big);
    add_to_checksum(sum, frame + FRAME_HEADER_SIZE, page_size, is_big);
    if (big_endian(frame + 16) != sum[0] || big_endian(frame + 20) != sum[1]) break;
    frames++;
    if (big_endian(frame) != 1) only_first = 0;
    if (big_endian(frame + 4)) {
      content->frame_count = frames;
      content->page_count = big_endian(frame + 4);
      content->has_only_first_page = only_first;
    }
    at += (off_t)frame_size;
  }
  // The frame at this position is missing or not valid. If a later frame follows the last frame of a transaction, that
  // transaction was complete and flushed. So the log is damaged.
  unsigned char next[FRAME_HEADER_SIZE];
  int was_committed = 0;
  for (; pread(file, next, FRAME_HEADER_SIZE, at) == FRAME_HEADER_SIZE; at += (off_t)frame_size) {
    int is_same_use = memcmp(next + 8, header + 16, 8) == 0;
    if (is_same_use && was_committed) content->is_damaged = 1;
    was_committed = is_same_use && big_endian(next + 4) != 0;
    if (!is_same_use && at > LOG_HEADER_SIZE + (off_t)(frames + 1) * (off_t)frame_size) break;
  }
  free(frame);
  return 0;
}

int storage_rename_to_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  return errno == EINVAL || errno == ENOSYS ? rename(from, to) : -1;
}

int storage_identify_file(const char *path, struct storage_file_identity *identity) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_INO, &status)) return -1;
  *identity = (struct storage_file_identity){status.stx_ino, status.stx_dev_major, status.stx_dev_minor};
  return 0;
}
