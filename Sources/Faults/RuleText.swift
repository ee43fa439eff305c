// The entry behind a rule, for words and forecasts: in a box, so that the flat rule carries one reference.

package import Scenario

/// What was written.
package final class RuleText: Sendable {
    package let entry: FaultEntry
    package let service: String
    package let declaration: FaultDeclaration

    init(entry: FaultEntry, service: String, declaration: FaultDeclaration) {
        self.entry = entry
        self.service = service
        self.declaration = declaration
    }
}
