// Whatever scenario we show, in a file or in a document, is one that the program accepts
// without a word.

import Faults
import Scenario
import Testing

@Suite("Every scenario that we show is valid")
struct ShownScenarioTests {
    static let files = SourceTree.files(under: "scenarios") { $0.hasSuffix(".yaml") }

    /// The blocks of YAML in documents that are whole scenarios.
    static let documents = SourceTree.files(under: "docs").filter { $0.path.hasSuffix(".md") } + readme

    @Test("files under scenarios/", arguments: files)
    func isAccepted(file: SourceFile) {
        let decoded = Self.decoded(file.text, file.path)
        #expect(decoded.diagnostics.isEmpty, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
    }

    @Test("blocks in documents", arguments: documents)
    func isAcceptedFrom(document file: SourceFile) {
        for block in Self.block.captures(in: file.text) {
            let decoded = Self.decoded(block, file.path)
            #expect(decoded.diagnostics.isEmpty, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
        }
    }

    @Test("the README shows one")
    func readmeShowsOne() {
        #expect(Self.readme.contains { !Self.block.captures(in: $0.text).isEmpty })
    }

    @Test("an entry of a name is the same fault in every phase of a file", arguments: files)
    func keepsItsNames(file: SourceFile) {
        var kinds: [String: Set<String>] = [:]
        for entry in Self.decoded(file.text, file.path).file?.timeline.flatMap(\.faults) ?? [] {
            kinds[entry.name, default: []].insert(entry.fault.name)
        }
        #expect(kinds.values.allSatisfy { $0.count == 1 })
    }

    private static let readme = [(try? SourceTree.text("README.md")).map { SourceFile(path: "README.md", text: $0) }]
        .compactMap(\.self)

    private static func decoded(_ text: String, _ name: String) -> DecodedScenario {
        ScenarioDecoder.decode(text: text, fileName: name, catalogue: .standard)
    }

    private static let block = pattern(#"```yaml\n(brownout: 1\n[\s\S]*?)```"#)
}
