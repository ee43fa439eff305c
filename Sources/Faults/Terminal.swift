// What can be the end of an exchange. At most one of these acts on an exchange: the first in file order.

import Scenario
package import Units

/// How an injected end looks to the caller.
package enum Ending: String, Sendable, Hashable, CaseIterable, BitwiseCopyable { case close, reset, hang }

/// The terminal fault of an exchange, with its parameters worked out.
package enum Terminal: Sendable {
    /// Answer instead of the dependency, or in place of its answer (`Answer.executed`).
    case answer(Answer)
    /// Let the dependency work; the caller never hears.
    case loseResponse(Ending)
    case hang(HangOrder)
    case truncate(TruncateOrder)
    case malform(Malform.Part)
    /// RST to both sides, before anything goes to the dependency.
    case reset

    /// The dependency's response never reaches the caller.
    var replacesResponse: Bool {
        switch self {
        case .answer, .loseResponse, .reset: true
        case .hang, .truncate, .malform: false
        }
    }

    /// The request never reaches the dependency.
    var precedesRequest: Bool {
        switch self {
        case .answer(let answer): !answer.executed
        case .reset: true
        case .hang(let order): order.place == .connect
        case .loseResponse, .truncate, .malform: false
        }
    }
}

/// An answer of ours, laid out once when the plan is compiled.
package final class Answer: Sendable {
    package let status: Int
    /// Field lines, each ended by CR LF; without Content-Length, Connection and Date.
    package let fieldLines: [UInt8]
    package let body: [UInt8]
    /// Whether the dependency works first and its answer is dropped.
    package let executed: Bool

    init(status: Int, fields: [HeaderField], body: [UInt8], executed: Bool) {
        self.status = status
        self.fieldLines = Array(fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
        self.body = body
        self.executed = executed
    }
}

/// Say nothing more.
package struct HangOrder: Sendable, Hashable, BitwiseCopyable {
    package enum Place: String, Sendable, Hashable, CaseIterable, BitwiseCopyable {
        /// The dependency's response is withheld from its head on.
        case head
        /// The head passes, and `afterBytes` of the body.
        case body
        /// Nothing goes to the dependency.
        case connect
    }

    package var place: Place
    package var afterBytes: Int64
    /// How long from the silence's start; nil: as long as the entry lives.
    package var length: TimeSpan?
    /// What comes meanwhile is lost, and the connection is closed in the end.
    package var closes = false
}

/// End the body early.
package struct TruncateOrder: Sendable, Hashable, BitwiseCopyable {
    package enum Cut: Sendable, Hashable, BitwiseCopyable {
        case fraction(Double)
        case bytes(Int64)
    }

    package var cut: Cut
    package var ending: Ending

    /// Body bytes that pass. nil: inapplicable, there is no length to take a share of, or the body is not longer.
    package func passing(ofBodyLength length: Int64?) -> Int64? {
        switch cut {
        case .bytes(let bytes): length.map { bytes < $0 } == false ? nil : bytes
        case .fraction(let fraction):
            length.flatMap { $0 > 0 ? min(wholeCount(Double($0) * fraction), $0 - 1) : nil }
        }
    }
}

/// An endpoint that one caller cannot reach.
package struct CutOff: Sendable, Hashable, BitwiseCopyable {
    package var order: BlackoutOrder
    package var since: Instant

    package init(order: BlackoutOrder, since: Instant) {
        self.order = order
        self.since = since
    }
}

/// A zone that is dark for this exchange or connection.
package struct BlackoutOrder: Sendable, Hashable, BitwiseCopyable {
    package var entry: UInt16
    package var blackout: Blackout
}
