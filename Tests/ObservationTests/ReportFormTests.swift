// The report as CI systems read it.

import Foundation
import FoundationXML
import Testing

@testable import Observation

@Suite("A report for CI")
struct ReportFormTests {
    private func report() throws -> RunReport {
        var report = try #require(try SampleRun.play())
        report.file = "scenarios/a,storm.yaml"
        return report
    }

    /// What a reader of XML finds.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
    }

    private func read(_ text: String) throws -> Reader {
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
        return reader
    }

    @Test("JUnit: a case for each expectation and one for the run; what is not decided is no pass")
    func junit() throws {
        let read = try read(report().junit)
        let suite = try #require(read.all("testsuite").first)
        #expect(suite["tests"] == "4" && suite["failures"] == "1" && suite["errors"] == "2")
        #expect(suite["timestamp"] == "2026-09-21T14:13:20" && suite["time"] == "180.500")
        #expect(
            read.all("testcase").map { $0["name"] } == [
                "healthy before (in calm)", "fast enough (in storm)", "payments.timeout <= 2s", "the run itself",
            ])
        #expect(read.all("failure").map { $0["message"] } == ["expected payments.p99 <= 1s"])
        #expect(
            read.all("error").map { $0["message"] } == [
                "not measured yet: payments.timeout", "storm/2 never bit",
            ])
        #expect(read.text.contains("payments.p99 was 1.51s (n = 2,520)"))
        let properties = Dictionary(uniqueKeysWithValues: read.all("property").map { ($0["name"], $0["value"]) })
        #expect(properties["seed"] == "18446744073709551615" && properties["scenario hash"] == "c0ffee")
        #expect(properties["brownout version"] == "0.1.0" && properties["file"] == "scenarios/a,storm.yaml")
    }

    @Test("JUnit is XML whatever a scenario is called")
    func escaping() throws {
        var report = try report()
        report.scenario = "<a> & \"b\" \u{1}\u{FFFF}é"
        let read = try read(report.junit)
        #expect(read.all("testsuite").first?["name"] == "<a> & \"b\" \u{FFFD}\u{FFFD}é")
    }

    @Test("JUnit: a run that a guard aborted failed by itself")
    func aborted() throws {
        let report = try #require(try SampleRun.play(ending: .aborted(condition: "payments.success < 50%")))
        let read = try read(report.junit)
        #expect(read.all("failure").contains { $0["message"] == "aborted by a guard: payments.success < 50%" })
    }

    @Test("Markdown: the verdict, what was expected, what happened; nothing in it is markup by accident")
    func markdown() throws {
        var report = try report()
        report.scenario = "A *storm* | <b>"
        let text = report.markdown
        #expect(text.hasPrefix("## ✗ FAIL: A \\*storm\\* \\| \\<b\\>\n"))
        #expect(text.contains("- 1 of 3 expectations failed\n"))
        #expect(
            text.contains(
                "| ✗ FAIL | fast enough: payments.p99 \\<= 1s | storm | payments.p99 was 1.51s (n = 2,520) |"))
        #expect(text.contains("| storm | payments | 2,520 | 95.2% | 21ms | 1.51s |"))
        #expect(text.contains("| slow | latency | storm | 2,400 | 240 | 1.5s/1.5s | 1.5s/1.5s |"))
    }

    @Test("annotations stand on the scenario's line, and what has a meaning there is escaped")
    func annotations() throws {
        #expect(
            try report().annotations == [
                "::error file=scenarios/a%2Cstorm.yaml,line=1::FAIL: fast enough: payments.p99 <= 1s; "
                    + "payments.p99 was 1.51s (n = 2,520)",
                "::warning file=scenarios/a%2Cstorm.yaml,line=1::INCONCLUSIVE: payments.timeout <= 2s; "
                    + "not measured yet: payments.timeout",
            ])
    }
}
