// partition: the callers of one zone cannot reach the endpoints of another, while everybody else can. For those callers the
// zone is dark: what is open into it stalls, busy or idle, as packets that go nowhere; what is new goes to an endpoint
// elsewhere (after the service's failover.after), or hangs where there is none. `zone is dark` is not about one zone's callers
// and stays false. When it ends, what stalled goes on.

package import Scenario

/// `partition: {from, to}`.
package struct Partition: Sendable {
    package static let declaration = FaultDeclaration(
        name: "partition", levels: [.zone],
        summary: "Callers of one zone cannot reach endpoints of another.",
        attributes: [
            AttributeDeclaration(
                name: "from", shape: .text, isRequired: true,
                help: "the callers' zone; `zones` says which addresses live in it"),
            AttributeDeclaration(
                name: "to", shape: .text, isRequired: true, help: "the zone of the endpoints that they cannot reach"),
        ],
        actsBeforeResponse: { _ in true })

    /// What it is for the callers that it cuts off.
    static let blackout = Blackout(existing: .stall, new: .hang)

    /// The zone whose endpoints the entry is about; nil for other faults.
    static func target(_ entry: FaultEntry) -> String? {
        entry.fault.name == declaration.name ? entry.fault.text("to") : nil
    }

    /// The addresses that the entry cuts off; nil for other faults.
    static func callers(_ entry: FaultEntry, _ zones: [Zone]) throws(FaultError) -> [AddressBlock]? {
        guard entry.fault.name == declaration.name, let from = entry.fault.text("from") else { return nil }
        let callers = zones.first { $0.name == from }?.callers ?? []
        if callers.isEmpty {
            throw FaultError(
                "partition needs to know who calls from \(from): zones: { \(from): { callers: [CIDR] } }", in: entry)
        }
        return callers
    }
}
