// malform: protocol garbage in the response. The dependency's answer comes whole; what the caller reads breaks HTTP in one
// place, and its connection closes after it, because nobody could find the next message. It acts from the next exchange
// on, whether the connection is new, open or idle.

package import Scenario

/// `malform: {what: status_line / header / chunk / length}`.
package struct Malform: Sendable, Hashable {
    package enum Part: String, Sendable, Hashable, CaseIterable, BitwiseCopyable {
        /// A status line that is none.
        case statusLine = "status_line"
        /// A field line without a colon, with a NUL in it.
        case header
        /// A chunk whose size is not a number.
        case chunk
        /// Two lengths that disagree.
        case length
    }

    package static let declaration = FaultDeclaration(
        name: "malform", levels: [.exchange],
        summary: "Protocol garbage: the response breaks HTTP.",
        attributes: [
            AttributeDeclaration(
                name: "what", shape: .word(Part.allCases.map(\.rawValue)), defaultText: "status_line",
                help:
                    "a status line that is none, a broken field line, a chunk without a size, or lengths that disagree")
        ],
        shorthand: "what", isTerminal: true)

    package let part: Part

    init(_ value: FaultValue) {
        part = value.word("what") ?? .statusLine
    }
}
