// half_open: our side stops reading, from the caller and from the dependency. Their windows fill to zero, and neither is told:
// what a peer looks like that has gone without a FIN. New, open and idle connections alike; an exchange under way stands
// still. A RST is still seen at once. When it ends, everything goes on as if it had never been held.

package import Scenario

/// `half_open:`.
package struct HalfOpen: Sendable {
    package static let declaration = FaultDeclaration(
        name: "half_open", levels: [.connection],
        summary: "Our side stops reading: the window closes.", attributes: [],
        actsBeforeResponse: { _ in true })
}
