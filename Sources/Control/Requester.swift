// Who asks for a change, as the journal names them.

/// "api 127.0.0.1:52311", "toxiproxy 127.0.0.1:52311", "signal".
package struct Requester: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// Whoever sent SIGHUP.
    package static let signal = Requester("signal")
    /// A time to live that is over.
    package static let time = Requester("time to live")
}
