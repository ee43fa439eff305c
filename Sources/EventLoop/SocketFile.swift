// The file of a unix socket.

import Glibc

/// Removes what a unix listener leaves behind.
package enum SocketFile {
    /// unlink(2); silent when there is nothing.
    package static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }
}
