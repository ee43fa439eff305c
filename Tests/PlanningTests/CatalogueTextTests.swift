import Faults
import Scenario
import Testing
import Units

@testable import Planning

@Suite("The catalogue as text")
struct CatalogueTextTests {
    static let names = Catalogue.standard.faults.map(\.name)

    @Test("every fault is in the table and has a page with all of its attributes", arguments: names)
    func complete(name: String) throws {
        let text = CatalogueText(Catalogue.standard)
        #expect(text.table.contains("\n\(name) "))
        let page = try #require(text.page(name))
        let words = Set(page.split(whereSeparator: \.isWhitespace).map(String.init))
        for attribute in try #require(Catalogue.standard[name]).attributes {
            #expect(words.contains(attribute.name))
        }
    }

    @Test("no line is wider than a terminal", arguments: names)
    func width(name: String) throws {
        let text = CatalogueText(Catalogue.standard)
        let page = try #require(text.page(name))
        for line in (page + text.table).split(separator: "\n") { #expect(line.count <= 80) }
    }

    @Test("the example of every fault decodes to that fault, and can act", arguments: names)
    func examples(name: String) throws {
        let entry = try #require(FaultExamples.entry(name), "\(name) has no example")
        let text = FaultExamples.scenario(around: entry)
        let decoded = ScenarioDecoder.decode(text: text, fileName: "example.yaml", catalogue: Catalogue.standard)
        #expect(decoded.diagnostics.isEmpty, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
        let file = try #require(decoded.file)
        #expect(file.timeline[0].faults.map(\.fault.name) == [name])
        #expect(FileChecks.problems(in: file, name: "example.yaml", text: text).isEmpty)
    }

    @Test("a page looks as it was once found to look well", arguments: ["latency", "error"])
    func pages(name: String) throws {
        let page = try #require(CatalogueText(Catalogue.standard).page(name))
        #expect(page == (try Snapshot.expected("fault-\(name).txt", for: page)))
    }

    @Test("the starter decodes without a word")
    func starter() {
        let decoded = ScenarioDecoder.decode(
            text: StarterScenario.text, fileName: "scenario.yaml", catalogue: Catalogue.standard)
        #expect(decoded.file != nil && decoded.diagnostics.isEmpty)
    }
}
