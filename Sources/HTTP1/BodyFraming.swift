// Where a body ends, told while its bytes pass: nothing is buffered, decoded or changed.
//
// `consume` answers how many of the given bytes belong to this body; the caller forwards exactly those. Splitting
// the bytes differently never changes what is consumed in all. What a body holds besides payload (chunk sizes,
// trailers) is counted apart, so that faults which cut a body at a number of bytes count what the application sees.

package import Units

/// The state of one body under way.
package struct BodyFraming: Sendable {
    /// How a body's end is known.
    package enum Kind: Equatable, Sendable, BitwiseCopyable {
        /// There is no body.
        case none
        /// This many bytes, at least one.
        case length(Int64)
        case chunked
        /// Whatever comes before the connection ends; responses only.
        case untilClose
    }

    /// What became of some bytes.
    package struct Consumption: Equatable, Sendable {
        /// How many of the given bytes belong to this body and were accepted.
        package var count = 0
        /// How many of these are payload.
        package var payload = 0
        /// The body is whole; what follows belongs to the next message.
        package var isComplete = false
        /// The bytes after `count` break the framing.
        package var error: HTTPError?
    }

    package let kind: Kind
    private var remaining: Int64 = 0
    private var chunks = ChunkedDecoder()

    package init(_ kind: Kind) {
        self.kind = kind
        if case .length(let length) = kind { remaining = length }
    }

    /// The length that was announced; nil when it is not known beforehand.
    package var declaredLength: Int64? {
        switch kind {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// Whether a connection that ends now ends a whole body.
    package var isWholeAtClose: Bool {
        switch kind {
        case .none, .untilClose: true
        case .length: remaining == 0
        case .chunked: chunks.isComplete
        }
    }

    /// How many of the next `count` bytes are payload, with no framing between them.
    package func nextPayload(in count: Int) -> Int {
        switch kind {
        case .none: 0
        case .length: Int(min(remaining, Int64(count)))
        case .chunked: Int(min(chunks.nextPayload, UInt64(count)))
        case .untilClose: count
        }
    }

    /// Takes what belongs to this body from `bytes`, at most `payloadMaximum` bytes of payload and nothing beyond
    /// them.
    package mutating func consume(_ bytes: Bytes, payloadMaximum: Int = .max) -> Consumption {
        switch kind {
        case .none:
            return Consumption(isComplete: true)
        case .length:
            let count = Int(min(remaining, Int64(min(bytes.count, payloadMaximum))))
            remaining -= Int64(count)
            return Consumption(count: count, payload: count, isComplete: remaining == 0)
        case .chunked:
            return chunks.consume(bytes, payloadMaximum: payloadMaximum)
        case .untilClose:
            let count = min(bytes.count, payloadMaximum)
            return Consumption(count: count, payload: count)
        }
    }
}
