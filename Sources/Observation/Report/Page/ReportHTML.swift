// The report as one page of HTML: no script, nothing loaded from elsewhere, for somebody who was not there. It reads from
// top to bottom: what it comes to, what was expected, how it went over time, what was done to whom, what failed.

import Foundation
import Markup
import Units

/// Writes the page.
package struct ReportHTML {
    let report: RunReport
    let course: RunCourse

    package init(_ report: RunReport, course: RunCourse) {
        self.report = report
        self.course = course
    }

    /// The whole document.
    package var text: String {
        let body = [
            header, section("What was expected", expectations), section("How it went", pictures),
            section("Phases", phases), section("Faults", faults), section("Failures", failures),
            section("Noted", list(report.notes)), footer,
        ]
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped("\(report.verdict.rawValue): \(report.scenario)"))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(body.filter { !$0.isEmpty }.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    // MARK: Sections

    private var header: String {
        let held =
            report.expectations.isEmpty
            ? "Nothing was expected, and nothing stands in doubt."
            : "Everything that was expected held, and nothing stands in doubt."
        return """
            <header class="\(report.verdict.rawValue.lowercased())">
            <p class="verdict">\(report.verdict.mark) \(report.verdict.rawValue)</p>
            <h1>\(Markup.escaped(report.scenario))</h1>
            \(report.reasons.isEmpty ? "<p>\(held)</p>" : list(report.reasons))
            </header>
            """
    }

    private var expectations: String {
        report.expectations.map { expectation in
            let place = expectation.phase.map { " <span class=\"faint\">in \(Markup.escaped($0))</span>" } ?? ""
            let said = expectation.findings + (expectation.reason.map { [$0] } ?? [])
            return """
                <div class="expectation \(expectation.verdict.rawValue.lowercased())">
                <p><strong>\(expectation.verdict.mark) \(Markup.escaped(expectation.name))</strong>\(place)</p>
                <p><code>\(Markup.escaped(expectation.condition))</code></p>
                \(said.map { "<p>\(Markup.escaped($0))</p>" }.joined(separator: "\n"))
                </div>
                """
        }.joined(separator: "\n")
    }

    private var pictures: String {
        guard course.length > 0 else { return "" }
        let picture = CoursePicture(course: course)
        let services = course.serviceNames.indices.filter { service in
            course.points.contains { $0.services[service] != nil }
        }
        let charts = services.map { service in
            "<h3>\(Markup.escaped(course.serviceNames[service]))</h3>\n"
                + "<div class=\"wide\">\(picture.charts(of: service))</div>"
        }
        return (["<div class=\"wide\">\(picture.timeline)</div>"] + charts).joined(separator: "\n")
    }

    private var phases: String {
        let rows = report.phases.flatMap { phase -> [[String]] in
            let length = phase.measuredSeconds > 0 ? phase.measuredSeconds.asSpan : "-"
            let busy = phase.services.filter { $0.requests > 0 }
            if busy.isEmpty { return [[phase.name, phase.state.rawValue, length, "no traffic"]] }
            return busy.map { [phase.name, phase.state.rawValue, length] + Self.cells($0) }
        }
        return Self.table(
            ["phase", "was", "took", "service", "requests", "success", "p50", "p90", "p99", "longest"], numbers: 4, rows
        )
    }

    private static func cells(_ traffic: TrafficReport) -> [String] {
        let latency = traffic.latency
        return [traffic.service, traffic.requests.grouped, traffic.success?.asShare ?? "-"]
            + [latency.p50, latency.p90, latency.p99, latency.max].map { $0?.asSpan ?? "-" }
    }

    private var faults: String {
        let rows = report.faults.map { fault in
            [
                fault.name, fault.kind, fault.phase ?? "-", fault.place, fault.counts.met.grouped,
                fault.bite == .bit ? fault.counts.injected.grouped : fault.bite.rawValue,
            ] + [fault.drawn, fault.asked, fault.achieved].map(Self.percentiles)
        }
        return Self.table(
            [
                "fault", "kind", "in", "where", "met", "injected", "drawn, p50 / p99", "of those that waited, asked",
                "achieved",
            ], numbers: 4, rows)
    }

    private static func percentiles(_ latency: LatencyReport) -> String {
        guard let p50 = latency.p50, let p99 = latency.p99 else { return "-" }
        return "\(p50.asSpan) / \(p99.asSpan) (n = \(latency.samples.grouped))"
    }

    private var failures: String {
        Self.table(
            ["service", "what callers saw", "whose doing", "count"], numbers: 3,
            report.failures.map { failure in
                [
                    failure.service, failure.cause, failure.isUnderFault ? "under a fault" : "organic",
                    failure.count.grouped,
                ]
            })
    }

    private var footer: String {
        let facts = [
            report.file.map { "file \($0)" }, "scenario hash \(report.scenarioHash)", "seed \(report.seed)",
            "speed \(report.speed == report.speed.rounded() ? "\(Int64(report.speed))" : "\(report.speed)")x",
            "began \(report.startedAt)", "took \(report.measuredSeconds.asSpan)", "brownout \(report.version)",
        ].compactMap { $0 }
        return "<footer>\(Markup.escaped(facts.joined(separator: " · ")))</footer>"
    }

    // MARK: Parts

    private func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)\n</section>"
    }

    private func list(_ items: [String]) -> String {
        guard !items.isEmpty else { return "" }
        return "<ul>\n" + items.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n") + "\n</ul>"
    }

    /// Columns from `numbers` on are figures.
    private static func table(_ header: [String], numbers: Int, _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func line(_ name: String, _ cells: [String]) -> String {
            let parts = cells.enumerated().map { index, cell in
                "<\(name)\(index >= numbers ? " class=\"n\"" : "")>\(Markup.escaped(cell))</\(name)>"
            }
            return "<tr>" + parts.joined() + "</tr>"
        }
        let body = rows.map { row in
            line("td", row + Array(repeating: "", count: max(header.count - row.count, 0)))
        }
        return "<div class=\"wide\"><table>\n\(line("th", header))\n" + body.joined(separator: "\n")
            + "\n</table></div>"
    }

    private static let style = """
        :root { color: #1b1f24; background: #ffffff; font: 15px/1.5 Inter, Helvetica, Arial, "DejaVu Sans", sans-serif; }
        body { margin: 0; }
        main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
        header { border-left: .4rem solid; padding: .2rem 1rem; margin-bottom: 1.5rem; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: .2rem 0 .5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; border-bottom: 1px solid #d0d7de; padding-bottom: .2rem; margin-top: 2rem; }
        h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
        p, ul { margin: .2rem 0; }
        .verdict { font-weight: bold; letter-spacing: .04em; }
        .expectation { border-left: .25rem solid; padding-left: .8rem; margin: .8rem 0; overflow-wrap: anywhere; }
        .pass { border-color: #1a7f37; } .pass .verdict, .pass strong { color: #1a7f37; }
        .fail { border-color: #b3261e; } .fail .verdict, .fail strong { color: #b3261e; }
        .inconclusive { border-color: #8a6100; } .inconclusive .verdict, .inconclusive strong { color: #8a6100; }
        .faint, footer { color: #656d76; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; }
        .wide { overflow-x: auto; }
        svg { display: block; width: 100%; min-width: 40rem; height: auto; font-family: inherit; }
        table { border-collapse: collapse; font-size: .9rem; white-space: nowrap; }
        th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #eaeef2; }
        th { color: #656d76; font-weight: normal; }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        footer { margin-top: 2rem; font-size: .85rem; overflow-wrap: anywhere; }
        @media print {
          main { max-width: none; padding: 0; }
          .wide { overflow: visible; }
          svg { min-width: 0; }
          table { white-space: normal; font-size: .75rem; }
          section, .expectation, h3 + .wide { break-inside: avoid-page; }
          header, .expectation { print-color-adjust: exact; }
        }
        """
}
