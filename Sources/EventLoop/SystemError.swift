// The kernel's refusals. errno is read in the same function as the call that set it.

import Glibc

/// A failed system call: which, and why.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    package let number: Int32

    package init(_ call: String, _ number: Int32) {
        self.call = call
        self.number = number
    }

    /// "bind: Address already in use".
    public var description: String { "\(call): \(reason)" }

    /// The system's text for the error number.
    package var reason: String { unsafe String(cString: strerror(number)) }

    /// As if a call had found the table full.
    package static var noDescriptors: SystemError { SystemError("accept", EMFILE) }

    package var isAddressInUse: Bool { number == EADDRINUSE }
    package var isPermissionDenied: Bool { number == EACCES || number == EPERM }
    package var isRefused: Bool { number == ECONNREFUSED }
    package var isReset: Bool { number == ECONNRESET || number == EPIPE }
    package var isTimedOut: Bool { number == ETIMEDOUT }
    package var isUnreachable: Bool { number == EHOSTUNREACH || number == ENETUNREACH }
    /// The process or the system has no descriptor or buffer left.
    package var isOutOfResources: Bool {
        number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM
    }
    /// No ephemeral port is left for this destination.
    package var isOutOfPorts: Bool { number == EADDRNOTAVAIL }
}
