import Faults
import Foundation
import Scenario
import Testing

@testable import Planning

/// A scenario for these tests: `timeline` and more as they stand in a file, around one service.
func scenario(_ text: String, services: String = oneService) throws -> ScenarioFile {
    let decoded = ScenarioDecoder.decode(
        text: "brownout: 1\n" + services + text, fileName: "test.yaml", catalogue: Catalogue.standard)
    return try #require(decoded.file, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
}

let oneService = """
    services:
      payments:
        listen: 127.0.0.1:9001
        protocol: http
        endpoints:
          - { to: "127.0.0.1:8081", zone: az-a }
          - { to: "127.0.0.1:8082", zone: az-b }

    """

/// Texts and pictures as they should be, in files beside these tests.
enum Snapshot {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

    /// What is recorded under `name`. With BROWNOUT_RECORD_SNAPSHOTS set, `text` is recorded first: look at the difference
    /// before you commit it.
    static func expected(_ name: String, for text: String) throws -> String {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["BROWNOUT_RECORD_SNAPSHOTS"] != nil {
            try Data(text.utf8).write(to: file)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// A scenario of this folder or of the repository.
    static func scenario(_ name: String) throws -> ScenarioFile {
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let own = folder.appending(path: name)
        let file = FileManager.default.fileExists(atPath: own.path) ? own : root.appending(path: "scenarios/\(name)")
        let decoded = ScenarioDecoder.decode(
            text: try String(contentsOf: file, encoding: .utf8), fileName: name, catalogue: Catalogue.standard)
        return try #require(decoded.file, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
    }
}
