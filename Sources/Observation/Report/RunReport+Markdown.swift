// The report as Markdown, for the summary of a CI job: the verdict first, then what was expected, then what happened; and
// a line for each expectation that a CI puts beside the line of the scenario it is about.

import Units

extension RunReport {
    /// The report as Markdown (tables as GitHub and GitLab have them).
    package var markdown: String {
        let sections = [reasonLines, expectationTable, trafficTable, faultTable, noteLines].filter { !$0.isEmpty }
        let facts = [
            "`\(file ?? scenario)`", "seed \(seed)", speed == 1 ? nil : "speed \(speed)x", startedAt,
            "brownout \(version)",
        ]
        let head = [
            "## \(verdict.mark) \(verdict.rawValue): \(Markdown.text(scenario))", "",
            facts.compactMap { $0 }.joined(separator: " · "),
        ]
        return (head + sections.flatMap { [""] + $0 }).joined(separator: "\n") + "\n"
    }

    private var reasonLines: [String] { reasons.map { "- \(Markdown.text($0))" } }

    private var noteLines: [String] { notes.map { "> \(Markdown.text($0))" } }

    private var expectationTable: [String] {
        Markdown.table(
            ["", "expected", "in", "measured"],
            expectations.map { expectation in
                let findings = expectation.findings + (expectation.reason.map { [$0] } ?? [])
                return [
                    "\(expectation.verdict.mark) \(expectation.verdict.rawValue)", expectation.title,
                    expectation.phase ?? "the whole run", findings.joined(separator: "; "),
                ]
            })
    }

    private var trafficTable: [String] {
        let rows = phases.flatMap { phase in
            phase.services.filter { $0.requests > 0 }.map { [phase.name] + Self.cells($0) }
        }
        return Markdown.table(["phase", "service", "requests", "success", "p50", "p99"], rows)
    }

    private static func cells(_ traffic: TrafficReport) -> [String] {
        [traffic.service, traffic.requests.grouped, traffic.success?.asShare ?? "-"]
            + [traffic.latency.p50, traffic.latency.p99].map { $0?.asSpan ?? "-" }
    }

    private var faultTable: [String] {
        Markdown.table(
            ["fault", "kind", "in", "met", "injected", "asked p50/p99", "achieved p50/p99"],
            faults.map { fault in
                [
                    fault.name, fault.kind, fault.phase ?? "-", fault.counts.met.grouped,
                    fault.bite == .bit ? fault.counts.injected.grouped : fault.bite.rawValue, fault.asked.ends,
                    fault.achieved.ends,
                ]
            })
    }

    /// GitHub's workflow commands: what failed or is not decided, on the line of the scenario on which it stands.
    package var annotations: [String] {
        expectations.filter { $0.verdict != .pass }.map { expectation in
            let place = file.map { file in
                " file=\(Markdown.property(file))" + (expectation.line.map { ",line=\($0)" } ?? "")
            }
            let text = ([expectation.title] + expectation.findings + [expectation.reason].compactMap { $0 })
                .joined(separator: "; ")
            let command = expectation.verdict == .fail ? "error" : "warning"
            return "::\(command)\(place ?? "")::\(Markdown.data("\(expectation.verdict.rawValue): \(text)"))"
        }
    }
}

extension ExpectationReport {
    /// What was measured, with the number of samples.
    var findings: [String] {
        measured.filter { $0.value != nil }.map { "\($0.metric) was \($0.text) (n = \($0.samples.grouped))" }
    }

    /// The name, with the condition where it says something else.
    var title: String { name == condition ? name : "\(name): \(condition)" }
}

extension RunReport {
    /// Why the verdict is what it is, but for what expectations say themselves.
    var ownReasons: [String] {
        let theirs = expectations.filter { $0.verdict == .inconclusive }.map { $0.doubt }
        return reasons.filter { !theirs.contains($0) && !$0.hasSuffix("failed") }
    }
}

extension LatencyReport {
    /// `p50/p99`.
    fileprivate var ends: String {
        guard let p50, let p99 else { return "-" }
        return "\(p50.asSpan)/\(p99.asSpan)"
    }
}

/// Text in Markdown, and in workflow commands.
private enum Markdown {
    static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        return ["| " + header.joined(separator: " | ") + " |", "|" + String(repeating: "---|", count: header.count)]
            + rows.map { "| " + $0.map(text).joined(separator: " | ") + " |" }
    }

    /// Escaped, in one line: nothing in it is markup.
    static func text(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if character.isNewline { escaped += " "; continue }
            if "\\`*_{}[]<>#|~".contains(character) { escaped += "\\" }
            escaped.append(character)
        }
        return escaped
    }

    static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
