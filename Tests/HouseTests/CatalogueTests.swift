// Adding a fault means adding what belongs to it: a test, a scenario that anyone can run, and its row in the README.
// And whatever scenario we show, in a file or in a document, is one that the program accepts.

import Faults
import Foundation
import Scenario
import Testing

@Suite("Every fault is complete")
struct CatalogueTests {
    static let names = Catalogue.standard.faults.map(\.name)

    @Test("a fault has its scenario", arguments: names)
    func scenario(fault: String) throws {
        let text = try SourceTree.text("scenarios/fault-\(Self.dashed(fault)).yaml")
        #expect(text.contains(" \(fault):"), "the scenario of \(fault) injects it")
        #expect(text.contains("that:"), "the scenario of \(fault) measures something")
    }

    @Test("a fault has its tests", arguments: names)
    func tests(fault: String) {
        let name = "/" + fault.split(separator: "_").map(\.capitalized).joined()
        let files = SourceTree.tests.map(\.path).filter { $0.hasPrefix("Tests/FaultsTests/") }
        let found = files.contains { $0.contains(name) && $0.hasSuffix("Tests.swift") }
        #expect(found, "no file \(name)…Tests.swift in Tests/FaultsTests")
    }

    @Test("a fault has its row in the README", arguments: names)
    func row(fault: String) throws {
        let readme = try SourceTree.text("README.md")
        #expect(readme.contains("\n| `\(fault)` |"))
        #expect(readme.contains("`scenarios/fault-\(Self.dashed(fault)).yaml`"))
    }

    @Test("no scenario and no row is about a fault that is not there")
    func noOthers() throws {
        let known = Set(Self.names.map(Self.dashed))
        let shown = Self.shown.captures(in: try SourceTree.text("README.md") + SourceTree.text("scenarios/README.md"))
        #expect(Set(shown) == known)
    }

    private static func dashed(_ name: String) -> String {
        String(name.map { $0 == "_" ? "-" : $0 })
    }

    private static let shown = pattern(#"fault-([a-z-]+)\.yaml"#)
}
