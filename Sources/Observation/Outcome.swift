// How an exchange or a connection ended: injected (we did it) or organic (it happened), never both.

/// The end of an exchange or connection.
package enum Outcome: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case complete
    // Organic: the caller.
    case callerGaveUp
    case callerReset
    case malformedRequest
    // Organic: the dependency.
    case unresolved
    case upstreamRefused
    case upstreamUnreachable
    case connectTimedOut
    case upstreamTimedOut
    case upstreamClosed
    case upstreamReset
    case upstreamFailed
    case malformedResponse
    // Neither side's fault.
    case idleTimeout
    case drained
    // Injected.
    case injectedAnswer
    case injectedClose
    case injectedReset
    case injectedHang

    /// We did it.
    package var isInjected: Bool {
        switch self {
        case .injectedAnswer, .injectedClose, .injectedReset, .injectedHang: true
        default: false
        }
    }

    /// Whether the caller got all of an answer, whoever gave it.
    package var isAnswered: Bool {
        switch self {
        case .complete, .injectedAnswer, .malformedRequest: true
        default: false
        }
    }

    /// Whether a TCP connection ended without harm: by its peers, by silence, or because we close.
    package var isQuietEnd: Bool {
        switch self {
        case .complete, .idleTimeout, .drained: true
        default: false
        }
    }

    /// The word in reports and logs: `upstream_refused`.
    package var word: String {
        "\(self)".reduce(into: "") { text, letter in
            if letter.isUppercase { text += "_" }
            text += letter.lowercased()
        }
    }
}
