// A named thread that owns a loop. The loop is made on its own thread, so that nothing of it is ever shared.

internal import CLibevent
import Glibc

/// A joinable thread.
package final class LoopThread: Sendable {
    private let handle: pthread_t

    /// Starts `body` on a thread called `name` (15 bytes at most are shown by the system).
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
        var handle = pthread_t()
        let status = unsafe pthread_create(&handle, nil, runBody, box.toOpaque())
        if status != 0 {
            unsafe box.release()
            throw SystemError("pthread_create", status)
        }
        self.handle = handle
    }

    /// Waits until the thread has ended; call once.
    package func join() {
        pthread_join(handle, nil)
    }

    /// Leaves the thread to itself, and what it has to the system when it ends; instead of `join`.
    package func detach() {
        pthread_detach(handle)
    }
}

private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
    unsafe pthread_setname_np(pthread_self(), String(body.name.prefix(15)))
    body.run()
    return nil
}
