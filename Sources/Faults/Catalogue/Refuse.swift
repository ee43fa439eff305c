// refuse: the port is closed, connect() gets ECONNREFUSED. It acts on a listener as a whole and at the SYN; connections
// that are open, busy or idle, live on.

package import Scenario

/// `refuse:`.
package struct Refuse: Sendable, Hashable {
    package static let declaration = FaultDeclaration(
        name: "refuse", levels: [.listener],
        summary: "The port is closed: ECONNREFUSED.", attributes: [],
        wholeListenerAlternative: "reset")
}
