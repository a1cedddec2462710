/*
 * Between a process and its disk, for trials only: what is written below one folder is recorded, fails, or kills the process.
 *
 * Fault model. Every call that changes the disk below the folder is one numbered operation: a new file or folder, a write, another
 * size, a sync of a file or a folder, a rename, a link, a removal. At the operation that is named, or at all from there on, it can
 * fail with EIO with nothing done; with ENOSPC, if it takes room (a removal and a cut do not); or a write can take only its first
 * half (and, from then on, there is no room). Instead of failing, the process can end by SIGKILL before the operation, with a
 * write half done, or behind it. What cannot happen here: reads that fail, because no promise hangs on them but to say so; a close
 * that fails, because nothing is handed over in it; writes through a mapping, which are SQLite's index of its log alone, and that
 * is rebuilt by the first who opens.
 *
 * 1. Calls that belong to other places pass through untouched, and so does everything while nothing is asked for.
 * 2. A record is written after its operation succeeded, with what was really taken, in the order of the operations.
 * 3. It takes its orders as writes to a control file, which never reach a disk:
 *    "log PATH", "mark TEXT", "arm N eio|enospc|short once|always", "kill N before|half|after", "rest", "count PATH".
 *    N counts operations from the command on, from 1; "count" writes the operations since and how many failed into a file.
 * 4. With LOGOS_DISK_SYNC_MS each sync of what lies in the folder takes so many milliseconds longer, as on a slow disk; other threads
 *    continue meanwhile.
 * 5. A signal's handler may write at any moment, and so may a forked copy of the process: neither waits for a turn that cannot end.
 * 6. It has over 400 lines because one library is preloaded, with a function for each call of libc that changes a disk.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, LOG_FROM = 900 };
enum kind { OTHER, DISK_FILE, DISK_FOLDER, CONTROL };
enum verdict { GO, FAIL, HALF, KILL_BEFORE, KILL_HALF, KILL_AFTER };
enum fault { NONE, EIO_FAULT, ENOSPC_FAULT, SHORT_FAULT, KILL_FAULT };

struct descriptor {
  enum kind kind;
  ino_t file;
  char *path;
};

static struct descriptor descriptors[DESCRIPTORS];
static char folder[PATH_MAX];
static char control[PATH_MAX];
static int log_descriptor = -1;
static long operations;
static long failed;
static long armed_at;
static enum fault fault;
static enum verdict killing;
static int always;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static long sync_ms;

__attribute__((constructor)) static void begin(void) {
  const char *given = getenv("LOGOS_DISK_FOLDER");
  if (given != NULL) snprintf(folder, sizeof folder, "%s/", given);
  given = getenv("LOGOS_DISK_CONTROL");
  if (given != NULL) snprintf(control, sizeof control, "%s", given);
  given = getenv("LOGOS_DISK_SYNC_MS");
  if (given != NULL) sync_ms = atol(given);
}

static int ours(const char *path) {
  return folder[0] != '\0' && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

/* A record: its kind, the lengths of two paths, a file's number, an offset or size, a length of data; then all of these. */
static void record(char kind, const char *path, const char *other, ino_t file, uint64_t offset, const void *data,
                   uint64_t length) {
  if (log_descriptor < 0) return;
  unsigned char head[32] = {0};
  uint16_t first = path == NULL ? 0 : (uint16_t)strlen(path);
  uint16_t second = other == NULL ? 0 : (uint16_t)strlen(other);
  uint64_t number = (uint64_t)file;
  head[0] = (unsigned char)kind;
  memcpy(head + 2, &first, 2);
  memcpy(head + 4, &second, 2);
  memcpy(head + 8, &number, 8);
  memcpy(head + 16, &offset, 8);
  memcpy(head + 24, &length, 8);
  struct iovec parts[4] = {{head, sizeof head}, {(void *)path, first}, {(void *)other, second}, {(void *)data, length}};
  syscall(SYS_writev, log_descriptor, parts, 4);
}

enum needs { NO_ROOM, ROOM, ROOM_IN_PARTS };

/* Counts an operation and says what becomes of it. */
static enum verdict decide(enum needs needs) {
  operations += 1;
  if (fault == NONE || operations < armed_at || (operations > armed_at && !always)) return GO;
  if (fault == KILL_FAULT) return operations == armed_at ? killing : GO;
  if (fault == SHORT_FAULT && operations == armed_at) {
    if (needs == ROOM_IN_PARTS) failed += 1;
    return needs == ROOM_IN_PARTS ? HALF : GO;
  }
  if (fault != EIO_FAULT && needs == NO_ROOM) return GO;
  failed += 1;
  return FAIL;
}

static void end_now(void) { syscall(SYS_kill, getpid(), SIGKILL); }

static int refuse(void) {
  errno = fault == EIO_FAULT ? EIO : ENOSPC;
  return -1;
}

static void let_go(int descriptor) {
  if (descriptor < 0 || descriptor >= DESCRIPTORS) return;
  descriptors[descriptor].kind = OTHER;
  free(descriptors[descriptor].path);
  descriptors[descriptor].path = NULL;
}

static void keep(int descriptor, enum kind kind, const char *path) {
  if (descriptor < 0 || descriptor >= DESCRIPTORS) return;
  struct stat found;
  let_go(descriptor);
  if (fstat(descriptor, &found) != 0) return;
  descriptors[descriptor].kind = kind == DISK_FILE && S_ISDIR(found.st_mode) ? DISK_FOLDER : kind;
  descriptors[descriptor].file = found.st_ino;
  descriptors[descriptor].path = strdup(path);
}

/* What a descriptor stands for; one that was closed behind our back and is another file's now stands for nothing. */
static struct descriptor *known(int descriptor) {
  if (descriptor < 0 || descriptor >= DESCRIPTORS || descriptors[descriptor].kind == OTHER) return NULL;
  struct stat found;
  if (fstat(descriptor, &found) != 0 || found.st_ino != descriptors[descriptor].file) {
    let_go(descriptor);
    return NULL;
  }
  return &descriptors[descriptor];
}

static void command(const char *text, size_t length) {
  char line[4096] = {0};
  char word[16] = {0}, first[PATH_MAX] = {0}, second[16] = {0}, third[16] = {0};
  memcpy(line, text, length < sizeof line - 1 ? length : sizeof line - 1);
  sscanf(line, "%15s %4000s %15s %15s", word, first, second, third);
  if (strcmp(word, "mark") == 0) {
    record('m', NULL, NULL, 0, 0, text + 5, length - 5);
    return;
  }
  if (strcmp(word, "log") == 0) {
    if (log_descriptor >= 0) syscall(SYS_close, log_descriptor);
    int opened = (int)syscall(SYS_openat, AT_FDCWD, first, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    /* Moved out of the way of a program that closes what it does not know. */
    log_descriptor = fcntl(opened, F_DUPFD_CLOEXEC, LOG_FROM);
    syscall(SYS_close, opened);
    return;
  }
  if (strcmp(word, "count") == 0) {
    char told[64];
    int size = snprintf(told, sizeof told, "%ld %ld\n", operations, failed);
    int opened = (int)syscall(SYS_openat, AT_FDCWD, first, O_CREAT | O_TRUNC | O_WRONLY, 0644);
    syscall(SYS_write, opened, told, (size_t)size);
    syscall(SYS_close, opened);
    return;
  }
  operations = failed = 0;
  fault = NONE;
  if (strcmp(word, "rest") == 0) return;
  armed_at = atol(first);
  if (strcmp(word, "kill") == 0) {
    fault = KILL_FAULT;
    killing = strcmp(second, "before") == 0 ? KILL_BEFORE : strcmp(second, "half") == 0 ? KILL_HALF : KILL_AFTER;
    always = 0;
    return;
  }
  fault = strcmp(second, "eio") == 0 ? EIO_FAULT : strcmp(second, "enospc") == 0 ? ENOSPC_FAULT : SHORT_FAULT;
  always = strcmp(third, "always") == 0;
}

static int open_at(int at, const char *path, int flags, mode_t mode) {
  if (control[0] != '\0' && strcmp(path, control) == 0) {
    int opened = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);
    keep(opened, CONTROL, path);
    return opened;
  }
  if (!ours(path)) {
    int opened = (int)syscall(SYS_openat, at, path, flags, mode);
    if (opened >= 0) let_go(opened);
    return opened;
  }
  int fresh = (flags & O_CREAT) != 0 && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
  int empties = !fresh && (flags & O_TRUNC) != 0;
  enum verdict verdict = fresh || empties ? decide(fresh ? ROOM : NO_ROOM) : GO;
  if (verdict == FAIL) return refuse();
  if (verdict == KILL_BEFORE || verdict == KILL_HALF) end_now();
  int opened = (int)syscall(SYS_openat, at, path, flags, mode);
  if (opened < 0) return opened;
  keep(opened, DISK_FILE, path);
  if (fresh) record('c', path, NULL, descriptors[opened].file, 0, NULL, 0);
  if (empties) record('t', path, NULL, descriptors[opened].file, 0, NULL, 0);
  if (verdict == KILL_AFTER) end_now();
  return opened;
}

/* `offset` below zero writes where the descriptor stands. */
static ssize_t put(int descriptor, const void *data, size_t length, off_t offset) {
  struct descriptor *target = known(descriptor);
  if (target != NULL && target->kind == CONTROL) {
    command(data, length);
    return (ssize_t)length;
  }
  if (target == NULL || target->kind != DISK_FILE)
    return offset < 0 ? syscall(SYS_write, descriptor, data, length)
                      : syscall(SYS_pwrite64, descriptor, data, length, offset);
  off_t place = offset;
  if (offset < 0) {
    struct stat found;
    int appends = (fcntl(descriptor, F_GETFL) & O_APPEND) != 0;
    place = appends && fstat(descriptor, &found) == 0 ? found.st_size : lseek(descriptor, 0, SEEK_CUR);
  }
  enum verdict verdict = decide(length > 1 ? ROOM_IN_PARTS : ROOM);
  if (verdict == FAIL) return refuse();
  if (verdict == KILL_BEFORE) end_now();
  size_t taken = verdict == HALF || verdict == KILL_HALF ? length / 2 : length;
  ssize_t done = offset < 0 ? syscall(SYS_write, descriptor, data, taken)
                            : syscall(SYS_pwrite64, descriptor, data, taken, offset);
  if (done > 0) record('w', target->path, NULL, target->file, (uint64_t)place, data, (uint64_t)done);
  if (verdict == KILL_HALF || verdict == KILL_AFTER) end_now();
  return done;
}

static ssize_t put_all(int descriptor, const struct iovec *parts, int count, off_t offset) {
  size_t length = 0;
  for (int part = 0; part < count; part++) length += parts[part].iov_len;
  char *joined = malloc(length + 1);
  size_t filled = 0;
  for (int part = 0; part < count; part++) {
    memcpy(joined + filled, parts[part].iov_base, parts[part].iov_len);
    filled += parts[part].iov_len;
  }
  ssize_t done = put(descriptor, joined, length, offset);
  int error = errno;
  free(joined);
  errno = error;
  return done;
}

static int resize(int descriptor, off_t size) {
  struct descriptor *target = known(descriptor);
  if (target == NULL || target->kind != DISK_FILE) return (int)syscall(SYS_ftruncate, descriptor, size);
  enum verdict verdict = decide(NO_ROOM);
  if (verdict == FAIL) return refuse();
  if (verdict == KILL_BEFORE || verdict == KILL_HALF) end_now();
  int done = (int)syscall(SYS_ftruncate, descriptor, size);
  if (done == 0) record('t', target->path, NULL, target->file, (uint64_t)size, NULL, 0);
  if (verdict == KILL_AFTER) end_now();
  return done;
}

static int sync_now(int descriptor, long call) {
  struct descriptor *target = known(descriptor);
  if (target == NULL || target->kind == CONTROL) return (int)syscall(call, descriptor);
  enum verdict verdict = decide(ROOM);
  if (verdict == FAIL) return refuse();
  if (verdict == KILL_BEFORE || verdict == KILL_HALF) end_now();
  int done = (int)syscall(call, descriptor);
  if (done == 0)
    record(target->kind == DISK_FOLDER ? 'S' : 's', target->path, NULL, target->file, 0, NULL, 0);
  if (verdict == KILL_AFTER) end_now();
  return done;
}

/* A change of names: one system call with up to five arguments. */
static int rename_things(char kind, const char *path, const char *other, long call, long a, long b, long c, long d, long e) {
  if (!ours(path) && !ours(other)) return (int)syscall(call, a, b, c, d, e);
  struct stat found;
  enum verdict verdict = decide(kind == 'u' ? NO_ROOM : ROOM);
  if (verdict == FAIL) return refuse();
  if (verdict == KILL_BEFORE || verdict == KILL_HALF) end_now();
  int done = (int)syscall(call, a, b, c, d, e);
  ino_t file = done == 0 && other != NULL && lstat(other, &found) == 0 ? found.st_ino : 0;
  if (done == 0) record(kind, path, other, file, 0, NULL, 0);
  if (verdict == KILL_AFTER) end_now();
  return done;
}

/*
 * Signals are blocked while a thread has the turn: a handler that writes, as that of a child's end does, would wait for the turn
 * of the very thread that it interrupts.
 */
static void take_turn(sigset_t *before) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, before);
  pthread_mutex_lock(&turn);
}

static void end_turn(const sigset_t *before) {
  pthread_mutex_unlock(&turn);
  pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* A copy of the process is made only between two turns, so that no turn is taken in the copy by a thread that is not in it. */
static sigset_t unforked;
static void before_fork(void) {
  sigset_t before;
  take_turn(&before);
  unforked = before;
}
static void after_fork(void) {
  sigset_t before = unforked;
  end_turn(&before);
}
__attribute__((constructor)) static void guard_forks(void) { pthread_atfork(before_fork, after_fork, after_fork); }

#define IN_TURN(type, expression)          \
  do {                                     \
    sigset_t before;                       \
    take_turn(&before);                    \
    type result = (expression);            \
    int error = errno;                     \
    end_turn(&before);                     \
    errno = error;                         \
    return result;                         \
  } while (0)

#define MODE(flags, last)                           \
  mode_t mode = 0;                                  \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) {   \
    va_list rest;                                   \
    va_start(rest, last);                           \
    mode = va_arg(rest, mode_t);                    \
    va_end(rest);                                   \
  }

int open(const char *path, int flags, ...) { MODE(flags, flags) IN_TURN(int, open_at(AT_FDCWD, path, flags, mode)); }
int open64(const char *path, int flags, ...) { MODE(flags, flags) IN_TURN(int, open_at(AT_FDCWD, path, flags, mode)); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, flags) IN_TURN(int, open_at(at, path, flags, mode)); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, flags) IN_TURN(int, open_at(at, path, flags, mode)); }
int creat(const char *path, mode_t mode) {
  IN_TURN(int, open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode));
}

static int close_now(int descriptor) {
  let_go(descriptor);
  return (int)syscall(SYS_close, descriptor);
}
int close(int descriptor) { IN_TURN(int, close_now(descriptor)); }

ssize_t write(int descriptor, const void *data, size_t length) { IN_TURN(ssize_t, put(descriptor, data, length, -1)); }
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  IN_TURN(ssize_t, put(descriptor, data, length, offset));
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  IN_TURN(ssize_t, put(descriptor, data, length, offset));
}

static ssize_t put_parts(int descriptor, const struct iovec *parts, int count, off_t offset) {
  if (known(descriptor) != NULL) return put_all(descriptor, parts, count, offset);
  return offset < 0 ? syscall(SYS_writev, descriptor, parts, count)
                    : syscall(SYS_pwritev, descriptor, parts, count, offset, 0);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  IN_TURN(ssize_t, put_parts(descriptor, parts, count, -1));
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  IN_TURN(ssize_t, put_parts(descriptor, parts, count, offset));
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  IN_TURN(ssize_t, put_parts(descriptor, parts, count, offset));
}

int ftruncate(int descriptor, off_t size) { IN_TURN(int, resize(descriptor, size)); }
int ftruncate64(int descriptor, off64_t size) { IN_TURN(int, resize(descriptor, size)); }

/* Outside the turn, because a slow disk holds up the one who syncs and no other. */
static void delay_sync(int descriptor) {
  if (sync_ms <= 0 || descriptor < 0 || descriptor >= DESCRIPTORS || descriptors[descriptor].kind == OTHER) return;
  struct timespec wait = {sync_ms / 1000, (sync_ms % 1000) * 1000000};
  while (nanosleep(&wait, &wait) != 0 && errno == EINTR) continue;
}
int fsync(int descriptor) {
  delay_sync(descriptor);
  IN_TURN(int, sync_now(descriptor, SYS_fsync));
}
int fdatasync(int descriptor) {
  delay_sync(descriptor);
  IN_TURN(int, sync_now(descriptor, SYS_fdatasync));
}

int rename(const char *path, const char *other) {
  IN_TURN(int, rename_things('r', path, other, SYS_renameat2, AT_FDCWD, (long)path, AT_FDCWD, (long)other, 0));
}
int renameat(int from, const char *path, int to, const char *other) {
  IN_TURN(int, rename_things('r', path, other, SYS_renameat2, from, (long)path, to, (long)other, 0));
}
int link(const char *path, const char *other) {
  IN_TURN(int, rename_things('l', path, other, SYS_linkat, AT_FDCWD, (long)path, AT_FDCWD, (long)other, 0));
}

/* A removal of what is not there changes nothing, and is no operation. */
static int remove_at(int at, const char *path, int flags) {
  if (ours(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0)
    return (int)syscall(SYS_unlinkat, at, path, flags);
  return rename_things('u', path, NULL, SYS_unlinkat, at, (long)path, flags, 0, 0);
}
int unlink(const char *path) { IN_TURN(int, remove_at(AT_FDCWD, path, 0)); }
int unlinkat(int at, const char *path, int flags) { IN_TURN(int, remove_at(at, path, flags)); }
int rmdir(const char *path) { IN_TURN(int, remove_at(AT_FDCWD, path, AT_REMOVEDIR)); }
int remove(const char *path) {
  struct stat found;
  int flags = lstat(path, &found) == 0 && S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0;
  IN_TURN(int, remove_at(AT_FDCWD, path, flags));
}

static int make_folder(int at, const char *path, mode_t mode) {
  if (ours(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0)
    return (int)syscall(SYS_mkdirat, at, path, mode);
  return rename_things('d', path, NULL, SYS_mkdirat, at, (long)path, mode, 0, 0);
}
int mkdir(const char *path, mode_t mode) { IN_TURN(int, make_folder(AT_FDCWD, path, mode)); }
int mkdirat(int at, const char *path, mode_t mode) { IN_TURN(int, make_folder(at, path, mode)); }
