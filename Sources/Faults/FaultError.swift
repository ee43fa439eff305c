// Why an entry cannot become a rule of a service. The decoder has checked the entry by itself; what is left are
// combinations of fault, selectors and service.

package import Scenario

/// An entry that cannot act as written.
package struct FaultError: Error, Sendable, Hashable {
    package let entry: String
    package let message: String
    package let position: Position

    package init(_ message: String, in entry: FaultEntry) {
        self.entry = entry.name
        self.message = message
        self.position = entry.position
    }
}
