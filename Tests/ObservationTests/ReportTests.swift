// Reports as people and programs read them.

import Foundation
import Testing
import Units

@testable import Observation

@Suite("A report")
struct ReportTests {
    @Test("reads as a page of 80 columns")
    func text() throws {
        let report = try #require(try SampleRun.play())
        #expect(report.text() == Self.page)
    }

    static let page = """
        A storm
        seed 18446744073709551615 · 2026-09-21T14:13:20Z · took 3m1s · brownout 0.1.0

        TIMELINE
          phase  length  service   requests  success     p50     p90    p99    max
          calm       1m  payments     1,200     100%  18.9ms  26.9ms   29ms   29ms
                         redis           60     100%   2.99s   2.99s     3s     3s
          storm      2m  payments     2,520    95.2%    21ms    29ms  1.51s  1.51s
                         redis          120     100%   2.99s   2.99s  2.99s     3s
          after      1m  skipped

        WHOLE RUN
          service   requests  success    p50    p90    p99    max   rate  organic
          payments     3,720    96.8%   20ms   29ms  1.51s  1.51s   21/s    96.6%
          redis          180     100%  2.99s  2.99s  2.99s     3s  1.0/s     100%

        FAULTS  asked and achieved: p50/p99
          fault      kind     where       met  injected      asked   achieved
          storm
            slow     latency  payments  2,400       240  1.5s/1.5s  1.5s/1.5s
            storm/2  error    payments  2,400         0          -          -
              never bit · 120 withheld
          after
            slow     latency  payments      0         0          -          -
              not played
            closed   refuse   redis         0         0          -          -
              not played

        EXPECTED
          ✓ healthy before (in calm)
            payments.success >= 99%
            payments.success was 100% (n = 1,200)
          ✗ fast enough (in storm)
            payments.p99 <= 1s
            payments.p99 was 1.51s (n = 2,520)
          ? payments.timeout <= 2s
            not measured yet: payments.timeout

        ORGANIC FAILURES
          payments  status 500    120

        ✗ FAIL
          1 of 3 expectations failed
          storm/2 never bit
          payments.timeout <= 2s: not measured yet: payments.timeout

        """

    @Test("no line is wider than 80 columns, whatever the names", arguments: [false, true])
    func width(isLong: Bool) throws {
        var report = try #require(try SampleRun.play())
        let name = isLong ? String(repeating: "a long name ", count: 12) : "x"
        report.scenario = name
        for index in report.phases.indices {
            report.phases[index].name = name
            for service in report.phases[index].services.indices {
                report.phases[index].services[service].service = name
            }
        }
        for index in report.faults.indices {
            report.faults[index].name = name
            report.faults[index].place = name
            report.faults[index].counts.met = 123_456_789
        }
        for index in report.expectations.indices { report.expectations[index].name = name }
        report.notes = [name]
        let lines = report.text().split(separator: "\n")
        #expect(lines.filter { $0.count > 80 } == [])
    }

    @Test("is coloured only when asked")
    func colour() throws {
        let report = try #require(try SampleRun.play())
        #expect(!report.text().contains("\u{1B}"))
        let coloured = report.text(colour: true)
        #expect(coloured.contains("\u{1B}[31m✗ FAIL\u{1B}[0m"))
        let plain = coloured.replacing(/\u{1B}\[[0-9]*m/, with: "")
        #expect(plain == report.text())
    }

    @Test("survives JSON")
    func json() throws {
        let report = try #require(try SampleRun.play())
        let text = try report.json()
        #expect(try JSONDecoder().decode(RunReport.self, from: Data(text.utf8)) == report)
        #expect(text.contains("\"seed\" : \"18446744073709551615\""))
    }

    @Test(
        "figures read well",
        arguments: [
            (1.0.asShare, "100%"), (0.0.asShare, "0%"), (0.99999.asShare, "99.9%"), (0.00001.asShare, "0.1%"),
            (0.9687.asShare, "96.9%"), (1234567.grouped, "1,234,567"), ((-1200).grouped, "-1,200"), (0.grouped, "0"),
            (0.04512.asSpan, "45.1ms"), (411.7.asRate, "412/s"), (3.25.asRate, "3.3/s"), (0.0.asRate, "0/s"),
            (1.05.text(decimals: 2), "1.05"),
        ])
    func figures(text: String, expected: String) {
        #expect(text == expected)
    }
}

@Suite("Progress")
struct ProgressTests {
    private let progress = RunProgress(
        phases: ["brownout"], phaseElapsed: .seconds(192), phaseLength: .minutes(11), elapsed: TimeSpan(seconds: 432.7),
        total: .minutes(85),
        services: [
            .init(name: "payments", ratePerSecond: 412, success: 0.969, p50: 0.045, p99: 7.9),
            .init(name: "idle", ratePerSecond: 0, success: nil, p50: nil, p99: nil),
        ], faults: ["slow-charges", "refusals"])

    @Test("is a few lines on a terminal")
    func live() {
        let lines = ProgressLine.live(progress)
        #expect(
            lines == [
                "▶ brownout  3m12s of 11m · run 7m12s of 1h25m",
                "  payments     412/s  success 96.9%  p50 45ms  p99 7.9s",
                "  live: slow-charges, refusals",
            ])
        #expect(ProgressLine.live(progress, width: 20).allSatisfy { $0.count <= 20 })
    }

    @Test("is one line elsewhere")
    func plain() {
        #expect(
            ProgressLine.plain(progress)
                == "▶ brownout  3m12s of 11m · run 7m12s of 1h25m | payments     412/s  success 96.9%  p50 45ms  p99 7.9s"
                + " | live: slow-charges, refusals")
    }

    @Test("shows what the last seconds were like")
    func measured() {
        let store = World.store()
        for tick in 0..<10 {
            store.advance(to: second(Double(tick)))
            store.consume(30, .exchange())
        }
        store.advance(to: second(10))
        let lines = store.progress()
        #expect(lines.map(\.ratePerSecond) == [30, 0])
        #expect(lines[0].success == 1)
    }

    @Test(
        "an event is a line with its time, unless it is for journals only",
        arguments: [
            (JournalEvent.phaseBegan(phase: "storm", pass: 2, passes: 3), "[1m0.5s] phase storm began (2 of 3)"),
            (.phaseEnded(phase: "storm", how: .played), "[1m0.5s] phase storm ended"),
            (.phaseEnded(phase: "storm", how: .skipped), "[1m0.5s] phase storm was skipped"),
            (.faultLive(entry: "slow", phase: nil), "[1m0.5s] fault slow is live"),
            (.guardTripped(condition: "p99 > 1s", measured: "2s"), "[1m0.5s] guard came true: p99 > 1s (2s)"),
            (.finished(ending: .commandEnded, command: 0), "[1m0.5s] run over: the command ended"),
            (.lost(lines: 3), nil),
        ] as [(JournalEvent, String?)])
    func events(event: JournalEvent, line: String?) {
        #expect(event.line(at: TimeSpan(seconds: 60.52)) == line)
    }
}
