// `brownout proxy`: a scenario without a file. What the command line says is written down in the language and decoded
// like any file, so that mistakes are reported in the language's own words and place.

import Faults
import Foundation
package import Scenario

/// Services and faults from a command line.
package struct QuickScenario: Sendable {
    /// `9001=127.0.0.1:8081`: where to listen, and what to lead to.
    package var routes: [Route] = []
    package var kind: Service.Kind = .http
    /// Names and values of faults, in order: `latency`, `200ms`.
    package var faults: [(name: String, value: String)] = []
    /// For each of `faults`.
    package var share: String?
    /// Whole entries as flow maps: `{share: 10%, error: {status: 503}}`.
    package var entries: [String] = []
    package var seed: UInt64?

    package init() {}

    package struct Route: Sendable, Hashable {
        package let listen: String
        package let to: String

        /// Reads `LISTEN=TO`.
        package init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            (listen, to) = (Self.address(parts[0]), Self.address(parts[1]))
        }

        /// A bare port means this machine.
        package static func address(_ text: String) -> String {
            text.allSatisfy(\.isNumber) ? "127.0.0.1:\(text)" : text
        }
    }

    /// The scenario as text.
    package var text: String {
        var lines = ["brownout: 1", "name: proxy"]
        if let seed { lines.append("seed: \(seed)") }
        lines.append("services:")
        for (index, route) in routes.enumerated() {
            let name = routes.count == 1 ? "proxy" : "proxy-\(index + 1)"
            lines.append(
                "  \(name): {protocol: \(kind.rawValue), listen: \(Self.quoted(route.listen)), to: \(Self.quoted(route.to))}"
            )
        }
        lines += ["timeline:", "  - phase: now", "    for: 3650d"]
        let entries = faultLines
        return (lines + (entries.isEmpty ? [] : ["    faults:"]) + entries).joined(separator: "\n") + "\n"
    }

    private var faultLines: [String] {
        faults.map { fault in
            let share = share.map { "share: \($0), " } ?? ""
            return "      - {name: \(fault.name), \(share)\(fault.name): \(fault.value)}"
        } + entries.map { "      - \($0)" }
    }

    package func decode() -> DecodedScenario {
        ScenarioDecoder.decode(text: text, fileName: "command line", catalogue: Catalogue.standard)
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\""))\""
    }
}
