// How these tests decode: a file of their own around the lines in question, and diagnostics as `line:column: message`.

import Foundation
import Scenario
import Testing
import Units

/// Decodes with the test catalogue.
func decode(_ text: String, environment: ScenarioFile? = nil, reader: (any TableReader)? = nil) -> DecodedScenario {
    ScenarioDecoder.decode(
        text: text, fileName: "game.yaml", catalogue: .forTests, environment: environment, reader: reader)
}

/// The file that `lines` decode to; a test fails when they do not.
func file(_ lines: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> ScenarioFile {
    let decoded = decode(lines)
    return try #require(
        decoded.file, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))",
        sourceLocation: sourceLocation)
}

/// `line:column: severity: message`, without the file.
func said(_ text: String) -> [String] {
    decode(text).diagnostics.map { "\($0.position.line):\($0.position.column): \($0.severity): \($0.message)" }
}

/// Two services in two zones, one service that speaks tcp; 14 lines.
let world = """
    brownout: 1
    services:
      payments:
        listen: 127.0.0.1:9001
        protocol: http
        endpoints:
          - { to: "10.0.1.5:8080", zone: az-a }
          - { to: "10.0.2.5:8080", zone: az-b }
        prefer: [az-a, az-b]
      ledger:
        listen: 127.0.0.1:9002
        to: ledger:5432
      sts: { listen: "127.0.0.1:9003", protocol: http, to: "sts:80" }
    timeline:

    """

/// The world with one phase of two minutes that has one entry: its text begins at line 18, column 9.
func withEntry(_ entry: String) -> String {
    world + """
          - phase: storm
            for: 2m
            faults:
              - \(entry)

        """
}

/// The world and one more line of the top level: line 17.
func withLine(_ line: String) -> String {
    world + """
          - phase: storm
            for: 2m
        \(line)

        """
}

/// The one entry of `withEntry`.
func entry(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> FaultEntry {
    let file = try file(withEntry(text), sourceLocation: sourceLocation)
    return try #require(file.timeline.first?.faults.first, sourceLocation: sourceLocation)
}

/// Files by name, without a disk.
struct FakeFiles: TableReader {
    let files: [String: String]

    func read(_ name: String) throws(TableError) -> String {
        guard let text = files[name] else { throw TableError("there is no file \(name) beside the scenario") }
        return text
    }
}
