/* Fails a program at its N-th write: preloaded (LD_PRELOAD), armed by faults_arm(), counted by faults_count().
 *
 * What counts as a write: whatever changes a file under the watched folder (bytes, length, name, existence, rights,
 * and the calls that make a change durable), or, in the mode for sockets, whatever is sent to one.
 *
 * tests/faults/shim.py builds it and knows the same numbers.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT = 0, KILL = 1, TORN = 2, FULL = 3, KILL_OTHER = 4 };

static char root[PATH_MAX];
static size_t root_length;
static int action;
static long first, last; /* FULL: the disk is full from the first to the last call; otherwise only first matters */
static pid_t other;      /* KILL_OTHER: who is killed */
static int sockets;
static pid_t armed; /* a child that is started meanwhile inherits our memory, but is not us */
static atomic_long calls;

void faults_arm(const char *folder, int what, long from, long to, int pid, int on_sockets) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    action = what, first = from, last = to, other = pid, sockets = on_sockets;
    atomic_store(&calls, 0);
    armed = getpid();
}

void faults_disarm(void) { armed = 0; }

void faults_aim(int pid) { other = pid; }

long faults_count(void) { return atomic_load(&calls); }

static int is_inside(const char *path) {
    return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int watches_path(int folder, const char *path) {
    char full[PATH_MAX], link[64];
    if (!armed || sockets || !path || getpid() != armed) return 0;
    if (path[0] == '/') return is_inside(path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(folder == AT_FDCWD ? "/proc/self/cwd" : link, full, sizeof full - 1);
    if (length < 0) return 0;
    snprintf(full + length, sizeof full - length, "/%s", path);
    return is_inside(full);
}

static int watches(int file) {
    char link[64], path[PATH_MAX];
    struct stat about;
    if (!armed || getpid() != armed) return 0;
    if (sockets) return fstat(file, &about) == 0 && S_ISSOCK(about.st_mode);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_inside(path);
}

/* What is to happen at this call: 0 nothing, TORN do half of it and die, FULL fail for want of space. */
static int fate(int grows) {
    long number = atomic_fetch_add(&calls, 1) + 1;
    if (action == FULL) return grows && number >= first && number <= last ? FULL : 0;
    if (number != first) return 0;
    if (action == KILL) kill(getpid(), SIGKILL), pause();
    if (action == KILL_OTHER && other) kill(other, SIGKILL), usleep(20000);
    return action == TORN ? TORN : 0;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    pause();
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define NO_SPACE \
    do { \
        errno = ENOSPC; \
        return -1; \
    } while (0)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    if (watches(file)) switch (fate(1)) {
        case FULL: NO_SPACE;
        case TORN: real(file, bytes, count / 2), die();
        }
    return real(file, bytes, count);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int file, const void *bytes, size_t count, offset_type offset) { \
        REAL(name); \
        if (watches(file)) switch (fate(1)) { \
            case FULL: NO_SPACE; \
            case TORN: real(file, bytes, count / 2, offset), die(); \
            } \
        return real(file, bytes, count, offset); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    if (watches(file)) switch (fate(1)) {
        case FULL: NO_SPACE;
        case TORN: real(file, parts, (count + 1) / 2), die();
        }
    return real(file, parts, count);
}

/* Copies within the kernel, as shutil makes them. */
#define COPY(name, declared, ...) \
    ssize_t name declared { \
        REAL(name); \
        if (!sockets && watches(to)) switch (fate(1)) { \
            case FULL: NO_SPACE; \
            case TORN: count /= 2, real(__VA_ARGS__), die(); \
            } \
        return real(__VA_ARGS__); \
    }
COPY(sendfile, (int to, int from, off_t *offset, size_t count), to, from, offset, count)
COPY(sendfile64, (int to, int from, off64_t *offset, size_t count), to, from, offset, count)
COPY(copy_file_range,
     (int from, off64_t *from_offset, int to, off64_t *to_offset, size_t count, unsigned flags),
     from, from_offset, to, to_offset, count, flags)

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    REAL(send);
    if (sockets && watches(file) && fate(1) == TORN) real(file, bytes, count / 2, flags), die();
    return real(file, bytes, count, flags);
}

/* `grows` says whether a full disk would refuse the call. */
#define ON_FILE(type, name, grows, declared, ...) \
    type name declared { \
        REAL(name); \
        if (!sockets && watches(file)) switch (fate(grows)) { \
            case FULL: NO_SPACE; \
            case TORN: real(__VA_ARGS__), die(); \
            } \
        return real(__VA_ARGS__); \
    }
ON_FILE(int, fsync, 0, (int file), file)
ON_FILE(int, fdatasync, 0, (int file), file)
ON_FILE(int, ftruncate, 1, (int file, off_t length), file, length)
ON_FILE(int, ftruncate64, 1, (int file, off64_t length), file, length)
ON_FILE(int, fallocate, 1, (int file, int mode, off_t offset, off_t length), file, mode, offset, length)
ON_FILE(int, fallocate64, 1, (int file, int mode, off64_t offset, off64_t length), file, mode, offset, length)
ON_FILE(int, fchmod, 0, (int file, mode_t mode), file, mode)

#define ON_PATH(name, grows, folder, path, declared, ...) \
    int name declared { \
        REAL(name); \
        if (watches_path(folder, path)) switch (fate(grows)) { \
            case FULL: NO_SPACE; \
            case TORN: real(__VA_ARGS__), die(); \
            } \
        return real(__VA_ARGS__); \
    }
ON_PATH(rename, 0, AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_PATH(renameat, 0, folder, to, (int from_folder, const char *from, int folder, const char *to), from_folder, from, folder, to)
ON_PATH(unlink, 0, AT_FDCWD, path, (const char *path), path)
ON_PATH(unlinkat, 0, folder, path, (int folder, const char *path, int flags), folder, path, flags)
ON_PATH(remove, 0, AT_FDCWD, path, (const char *path), path)
ON_PATH(rmdir, 0, AT_FDCWD, path, (const char *path), path)
ON_PATH(mkdir, 1, AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_PATH(truncate, 1, AT_FDCWD, path, (const char *path, off_t length), path, length)
ON_PATH(chmod, 0, AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_PATH(link, 1, AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_PATH(symlink, 1, AT_FDCWD, to, (const char *from, const char *to), from, to)

/* Making a file, or emptying one, is a write; opening one is none. */
#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        if ((flags & (O_CREAT | O_TRUNC)) && watches_path(AT_FDCWD, path)) switch (fate((flags & O_CREAT) != 0)) { \
            case FULL: NO_SPACE; \
            case TORN: real(path, flags, mode), die(); \
            } \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        if ((flags & (O_CREAT | O_TRUNC)) && watches_path(folder, path)) switch (fate((flags & O_CREAT) != 0)) { \
            case FULL: NO_SPACE; \
            case TORN: real(folder, path, flags, mode), die(); \
            } \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)
