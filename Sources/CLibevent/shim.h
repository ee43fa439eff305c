// Exposes libevent to Swift. The list of headers is pinned: it decides which C types
// are typed in Swift (struct event) and which are opaque (struct event_base).
// Below it, what Swift's Glibc module leaves out: functions that glibc hides behind _GNU_SOURCE.
#ifndef BROWNOUT_LIBEVENT_SHIM_H
#define BROWNOUT_LIBEVENT_SHIM_H

// First, so that libevent's own _GNU_SOURCE comes too late: Swift's Glibc module is built without it, and a clean
// build would see two definitions of fd_set.
#include <features.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

// recv(2) and send(2) as plain system calls. glibc's are cancellation points: in a process with more than one thread
// each switches asynchronous cancellation on and off, two locked instructions. Nobody cancels our threads.
static inline long receiveUncancelled(int descriptor, void *buffer, size_t length) {
    return syscall(SYS_recvfrom, descriptor, buffer, length, 0, (void *)0, (void *)0);
}

static inline long sendUncancelled(int descriptor, const void *bytes, size_t length) {
    return syscall(SYS_sendto, descriptor, bytes, length, MSG_NOSIGNAL, (void *)0, 0);
}

#endif
