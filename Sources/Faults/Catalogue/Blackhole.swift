// blackhole: connect() never completes. It acts on a listener as a whole and at the SYN; connections that are open, busy
// or idle, live on.

package import Scenario

/// `blackhole:`.
package struct Blackhole: Sendable, Hashable {
    package static let declaration = FaultDeclaration(
        name: "blackhole", levels: [.listener],
        summary: "connect() never completes; open connections live on.", attributes: [],
        wholeListenerAlternative: "hang")
}
