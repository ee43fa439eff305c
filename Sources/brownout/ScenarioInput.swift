// A scenario file as `check` and `plan` look at it: decoded, and checked as far as that goes without opening anything.

import ArgumentParser
import Control
import Foundation
import Planning
import Scenario

/// What a file came to.
struct ScenarioInput {
    /// nil when the file has errors.
    let file: ScenarioFile?
    /// Everything that is to be said about it: the decoder's, then what only the faults know.
    let diagnostics: [Diagnostic]

    /// `speed`: also warns of what that speed leaves no time for.
    init(_ path: String, environment: String?, speed: Double?) throws {
        let decoded = try ScenarioSource(file: path, environment: environment).decode()
        let text = try ScenarioSource.text(path)
        diagnostics = decoded.diagnostics + Self.further(decoded.file, path, text, speed)
        file = diagnostics.contains { $0.severity == .error } ? nil : decoded.file
    }

    private static func further(
        _ file: ScenarioFile?, _ name: String, _ text: String, _ speed: Double?
    ) -> [Diagnostic] {
        guard let file else { return [] }
        let warnings = speed.map { FileChecks.warnings(in: file, speed: $0, name: name, text: text) } ?? []
        return FileChecks.problems(in: file, name: name, text: text) + warnings
    }
}
