// A dependency for tests: a listening socket with one thread per connection, each running the test's own script.

import Glibc
import Synchronization

/// Listens on a free port of 127.0.0.1 until it is released or stopped.
package final class TestOrigin: Sendable {
    package let port: UInt16
    private let descriptor: Int32
    private let connectionCount = Atomic<Int>(0)
    private let script: @Sendable (TestSocket, Int) throws -> Void

    /// `script` runs once per connection on a thread of its own; errors end the connection.
    package convenience init(
        backlog: Int32 = 1024, _ script: @escaping @Sendable (TestSocket) throws -> Void
    ) throws {
        try self.init(backlog: backlog, numbered: { socket, _ in try script(socket) })
    }

    /// The same for a script that must know which connection it has: the first one accepted is 1.
    package init(backlog: Int32 = 1024, numbered script: @escaping @Sendable (TestSocket, Int) throws -> Void) throws {
        self.script = script
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = TestSocket.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe bind(descriptor, rebound, size) == 0 && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, rebound, &size) == 0
            }
        }
        guard number else { throw TestSocketError.failed("listen", errno) }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        start()
    }

    deinit {
        stop()
    }

    /// Connections accepted so far.
    package var connections: Int { connectionCount.load(ordering: .relaxed) }

    /// Refuses new connections from now on.
    package func stop() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func start() {
        let descriptor = descriptor
        let script = script
        let count = Weak(self)
        TestThread.start {
            for number in 1... {
                let accepted = accept(descriptor, nil, nil)
                if accepted < 0 { break }
                count.origin?.connectionCount.add(1, ordering: .relaxed)
                let socket = TestSocket(descriptor: accepted)
                TestThread.start { try? script(socket, number) }
            }
            close(descriptor)
        }
    }
}

/// The accepting thread must not keep its origin alive.
private struct Weak: Sendable {
    weak let origin: TestOrigin?
    init(_ origin: TestOrigin) { self.origin = origin }
}

/// A detached thread.
package enum TestThread {
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Box(body))
        var handle = pthread_t()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_create(
            &handle, &attributes,
            { context in
                unsafe Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
