// The report as JUnit XML: a test case for each expectation, and one for the run as a whole. An expectation that failed is
// a failure; one that could not be decided is an error, because no reader may take it for green.
//
// Elements and attributes are those that both Jenkins' and Ant's schemas of JUnit files know, in their order.

import Markup
import Units

extension RunReport {
    /// The report as JUnit XML.
    package var junit: String {
        let cases = expectations.map { JUnitCase($0) } + [JUnitCase(run: self)]
        let counts = JUnitCase.Outcome.allCases.map { outcome in cases.count { $0.outcome == outcome } }
        let lines =
            ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>"]
            + [
                "  <testsuite" + Markup.attributes(suite(tests: cases.count, failures: counts[1], errors: counts[2]))
                    + ">"
            ]
            + ["    <properties>"] + properties + ["    </properties>"]
            + cases.flatMap { $0.lines(suite: scenario) }
            + ["    <system-out/>", "    <system-err/>", "  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func suite(tests: Int, failures: Int, errors: Int) -> [(String, String)] {
        [
            ("name", scenario), ("timestamp", String(startedAt.prefix { $0 != "Z" })), ("hostname", "localhost"),
            ("package", "brownout"), ("id", "0"), ("tests", "\(tests)"), ("failures", "\(failures)"),
            ("errors", "\(errors)"), ("time", measuredSeconds.plain),
        ]
    }

    private var properties: [String] {
        let known: [(String, String?)] = [
            ("scenario", scenario), ("file", file), ("scenario hash", scenarioHash), ("seed", seed),
            ("speed", speed.plain), ("brownout version", version), ("verdict", verdict.rawValue),
        ]
        return known.compactMap { name, value in
            value.map { "      <property" + Markup.attributes([("name", name), ("value", $0)]) + "/>" }
        }
    }
}

extension Double {
    /// Milliseconds are enough; no separators, no exponent.
    fileprivate var plain: String { text(decimals: 3).replacing(",", with: "") }
}

/// One test case.
private struct JUnitCase {
    enum Outcome: CaseIterable { case passed, failed, undecided }

    let name: String
    let outcome: Outcome
    let seconds: Double
    /// What is said about it, the first line in short.
    let message: [String]

    init(_ expectation: ExpectationReport) {
        name = expectation.name + (expectation.phase.map { " (in \($0))" } ?? "")
        outcome = Self.outcome(expectation.verdict)
        seconds = 0
        let place = expectation.line.map { ["line \($0) of the scenario"] } ?? []
        message = [expectation.reason ?? "expected \(expectation.condition)"] + expectation.findings + place
    }

    /// What is not said by any expectation.
    init(run report: RunReport) {
        name = "the run itself"
        seconds = report.measuredSeconds
        message = report.ownReasons
        let isAborted = if case .aborted = report.ending { true } else { false }
        outcome = isAborted ? .failed : message.isEmpty ? .passed : .undecided
    }

    private static func outcome(_ verdict: Verdict) -> Outcome {
        switch verdict {
        case .pass: .passed
        case .fail: .failed
        case .inconclusive: .undecided
        }
    }

    func lines(suite: String) -> [String] {
        let opening =
            "    <testcase" + Markup.attributes([("name", name), ("classname", suite), ("time", seconds.plain)])
        guard let element else { return [opening + "/>"] }
        let about = Markup.attributes([("message", message.first ?? ""), ("type", element.type)])
        return [
            opening + ">",
            "      <\(element.name)\(about)>" + Markup.escaped(message.joined(separator: "\n")) + "</\(element.name)>",
            "    </testcase>",
        ]
    }

    private var element: (name: String, type: String)? {
        switch outcome {
        case .passed: nil
        case .failed: ("failure", Verdict.fail.rawValue)
        case .undecided: ("error", Verdict.inconclusive.rawValue)
        }
    }
}
