// blackout: a zone goes dark. `existing` says what happens to upstream connections into the zone, busy and idle; `new`
// what happens to attempts that would have gone there. With all of the zone dark `zone is dark` holds, and exchanges go
// to the next zone of `prefer`.

package import Scenario

/// `blackout: {existing: stall / reset / drain / leave, new: hang / blackhole / refuse / reset}`.
package struct Blackout: Sendable, Hashable, BitwiseCopyable {
    package enum Existing: String, Sendable, Hashable, CaseIterable, BitwiseCopyable { case stall, reset, drain, leave }
    package enum New: String, Sendable, Hashable, CaseIterable, BitwiseCopyable { case hang, blackhole, refuse, reset }

    package static let declaration = FaultDeclaration(
        name: "blackout", levels: [.zone],
        summary: "A zone goes dark.",
        attributes: [
            AttributeDeclaration(
                name: "existing", shape: .word(Existing.allCases.map(\.rawValue)), defaultText: "stall",
                help: "open connections: read neither side, RST, finish and close, or leave alone"),
            AttributeDeclaration(
                name: "new", shape: .word(New.allCases.map(\.rawValue)), defaultText: "hang",
                help: "new attempts: accepted and silent, never completing, refused, or RST"),
        ],
        actsBeforeResponse: { _ in true })

    package let existing: Existing
    package let new: New

    init(existing: Existing, new: New) {
        self.existing = existing
        self.new = new
    }

    init(_ value: FaultValue) {
        existing = value.word("existing") ?? .stall
        new = value.word("new") ?? .hang
    }
}
