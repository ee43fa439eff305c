// Habits that a reader relies on: files of a size one can hold in mind, a head comment in each, no paths of somebody's
// machine, nothing left to do, and lists that are complete.

import Foundation
import Testing

@Suite("A tidy house")
struct TidinessTests {
    static let mostLines = 350

    /// Everything that people read, programs and prose.
    static let texts =
        ["Sources", "Tests", "Benchmarks", "scenarios", "scripts", "docs"].flatMap { SourceTree.files(under: $0) }
        + ["README.md", "Package.swift", ".ci/run"].compactMap { path in
            (try? SourceTree.text(path)).map { SourceFile(path: path, text: $0) }
        }

    @Test("no file is longer than a room should be", arguments: SourceTree.sources)
    func size(file: SourceFile) {
        #expect(file.lines.count <= Self.mostLines)
    }

    @Test("each file begins by saying what it is", arguments: SourceTree.sources)
    func headComment(file: SourceFile) {
        #expect(file.text.hasPrefix("//"))
    }

    @Test("no path of anybody's machine is written down", arguments: texts)
    func machinePaths(file: SourceFile) {
        let found = Self.machinePath.captures(in: file.text)
        #expect(found.isEmpty, "\(file) names \(found.joined(separator: ", "))")
    }

    @Test("nothing is left for later", arguments: texts)
    func leftovers(file: SourceFile) {
        #expect(Self.leftover.captures(in: file.text).isEmpty)
    }

    @Test("every scenario is in the table of scenarios, and the table names no other")
    func scenarioTable() throws {
        let files = Set(SourceTree.files(under: "scenarios") { $0.hasSuffix(".yaml") }.map { Self.name(of: $0.path) })
        let rows = Set(Self.scenarioRow.captures(in: try SourceTree.text("scenarios/README.md")))
        #expect(files == rows)
    }

    @Test("every scenario says what it re-enacts, and every incident where its figures come from")
    func scenarioSources() {
        for file in SourceTree.files(under: "scenarios", where: { $0.hasSuffix(".yaml") }) {
            let keys = Set(Self.topLevelKey.captures(in: file.text))
            #expect(keys.isSuperset(of: ["brownout", "name", "about", "seed", "timeline", "expect"]), "\(file)")
            #expect(keys.contains("source") || file.path.contains("/fault-"), "\(file) has no source")
        }
    }

    @Test("links between documents lead somewhere", arguments: texts.filter { $0.path.hasSuffix(".md") })
    func links(file: SourceFile) {
        let folder = URL(filePath: "/" + file.path).deletingLastPathComponent()
        for target in Self.link.captures(in: file.text) where !target.contains("://") && !target.hasPrefix("#") {
            let path = folder.appending(path: target.split(separator: "#")[0]).standardized.path
            #expect(SourceTree.exists(String(path.dropFirst())), "\(file) links to \(target)")
        }
    }

    private static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    private static let machinePath = pattern(#"(?<![\w.\-])/((?:work|root|home|opt|Users)/)\w"#)
    private static let leftover = pattern(#"\b(TO"# + #"DO|FIX"# + #"ME|HA"# + #"CK)\b"#)
    private static let scenarioRow = pattern(#"^\| `([\w.-]+\.yaml)` \|"#)
    private static let topLevelKey = pattern(#"^(\w+):"#)
    private static let link = pattern(#"\]\(([^)\s]+)\)"#)
}
