// Mutual exclusion, for the few places that are shared between threads and off the hot path.
//
// It is Synchronization's Mutex. Thread Sanitizer cannot see into that one (what happens when two threads meet there is
// in a library that is not instrumented, so it reports races that are none): builds under it, which define
// SANITIZE_THREAD, get a POSIX mutex, which it knows. Both are types of this room and not aliases, so that a file which
// uses a lock imports the same in either build.

#if SANITIZE_THREAD
    import Glibc

    // Sendable: `value` is private and reached through `withLock` alone, which holds the mutex; it came in as `sending`, so
    // nobody outside kept a reference to it; `mutex` itself is a constant pointer, freed when no reference is left.
    /// A value that one thread at a time may use.
    @safe
    package final class Lock<Value>: @unchecked Sendable {
        private var value: Value
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

        package init(_ value: sending Value) {
            self.value = value
            unsafe pthread_mutex_init(mutex, nil)
        }

        deinit {
            unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
        }

        /// Calls `body` while no other thread is in any such call of this lock.
        package func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
            -> Result
        {
            unsafe pthread_mutex_lock(mutex)
            defer { unsafe pthread_mutex_unlock(mutex) }
            return try body(&value)
        }
    }
#else
    private import Synchronization

    /// A value that one thread at a time may use.
    package struct Lock<Value>: ~Copyable, Sendable {
        private let mutex: Mutex<Value>

        package init(_ value: sending Value) {
            mutex = Mutex(value)
        }

        /// Calls `body` while no other thread is in any such call of this lock.
        package func withLock<Result, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try mutex.withLock(body)
        }
    }
#endif
