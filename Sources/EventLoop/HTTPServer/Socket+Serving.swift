// What the HTTP server asks of a socket that libevent owns.

internal import CLibevent
import Glibc

extension Socket {
    /// A number that no other socket has, nor will have (SO_COOKIE); nil when the descriptor is no socket any more.
    var cookie: UInt64? {
        var value: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &value, &length) == 0 ? value : nil
    }

    /// Ends both directions; the descriptor stays (shutdown(2)).
    func shutDown() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// What the kernel takes of `text` at once.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe sendUncancelled(descriptor, $0.baseAddress, $0.count) }
    }
}
