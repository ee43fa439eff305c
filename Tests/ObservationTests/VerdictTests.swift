// From the parts of a report to its verdict and exit code, as tables.

import Testing
import Units

@testable import Observation

@Suite("The verdict of a run")
struct VerdictTests {
    /// What a row of the tables changes about a run that passes.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var ending = RunEnding.played
        var injected: [UInt64] = [5, 5, 5, 0]
        var skipped: [String] = []
        var optional = false
        var dropped: UInt64 = 0
        var unmeasured: UInt64 = 0
        var expected: [Verdict] = [.pass]

        var testDescription: String { name }
    }

    private static func report(_ run: Case) -> RunReport {
        var start = World.start
        if run.optional { start.directory.faults[0].isOptional = true }
        var facts = RunFacts(start)
        for phase in start.directory.phases {
            let isSkipped = run.skipped.contains(phase)
            if !isSkipped { facts.note(.phaseBegan(phase: phase, pass: 1, passes: 1), at: 0) }
            facts.note(.phaseEnded(phase: phase, how: isSkipped ? .skipped : .played), at: 60)
        }
        facts.note(.finished(ending: run.ending, command: nil), at: 60)
        var totals = RunTotals()
        let store = MetricStore(directory: start.directory, began: .zero)
        store.note(droppedRecords: run.dropped)
        for (index, count) in run.injected.enumerated() {
            var tally = InjectionCounts(met: count, injected: count)
            if index == 0 { tally.unmeasured = run.unmeasured }
            store.pendingEntries[index, default: EntryTally()].counts = tally
        }
        totals.add(store.takeRest())
        let expectations = run.expected.enumerated().map { index, verdict in
            ExpectationReport(
                name: "e\(index)", phase: nil, condition: "", verdict: verdict, measured: [], reason: "no samples")
        }
        return RunReport(facts, totals: totals, expectations: expectations)
    }

    @Test(
        "first a failure, then a doubt, else green",
        arguments: [
            (Case(name: "all held"), Verdict.pass, []),
            (Case(name: "nothing expected", expected: []), .pass, []),
            (Case(name: "the command ended first", ending: .commandEnded), .pass, []),
            (Case(name: "one failed", expected: [.pass, .fail]), .fail, ["1 of 2 expectations failed"]),
            (
                Case(name: "failed and undecided", expected: [.inconclusive, .fail]), .fail,
                ["1 of 2 expectations failed", "e0: no samples"]
            ),
            (
                Case(name: "a guard", ending: .aborted(condition: "p99 > 1s")), .fail,
                ["aborted by a guard: p99 > 1s"]
            ),
            (Case(name: "undecided", expected: [.inconclusive]), .inconclusive, ["e0: no samples"]),
            (Case(name: "never bit", injected: [0, 5, 5, 0]), .inconclusive, ["slow in storm never bit"]),
            (
                Case(name: "never bit, by its default name", injected: [5, 0, 5, 0]), .inconclusive,
                ["storm/2 never bit"]
            ),
            (Case(name: "never bit, optional", injected: [0, 5, 5, 0], optional: true), .pass, []),
            (Case(name: "never bit, phase skipped", injected: [5, 5, 0, 0], skipped: ["after"]), .pass, []),
            (Case(name: "records dropped", dropped: 1_200), .inconclusive, ["1,200 records dropped"]),
            (
                Case(name: "no baseline", unmeasured: 7), .inconclusive,
                ["slow in storm: 7 delays drawn, for want of a measured baseline"]
            ),
            (Case(name: "interrupted", ending: .interrupted), .inconclusive, ["interrupted; all faults were cleared"]),
            (Case(name: "outlived", ending: .outlived), .inconclusive, ["its time to live was over"]),
            (
                Case(name: "refused", ending: .refused(reasons: ["payments.success >= 99%"])), .inconclusive,
                ["not started: payments.success >= 99%"]
            ),
        ] as [(Case, Verdict, [String])])
    func verdict(run: Case, verdict: Verdict, reasons: [String]) {
        let report = Self.report(run)
        #expect(report.verdict == verdict)
        #expect(report.reasons == reasons)
    }

    @Test("a refused connect cannot be seen, so it can neither bite nor fail to")
    func unseen() {
        #expect(Self.report(Case(name: "")).faults.map(\.bite) == [.bit, .bit, .bit, .unseen])
    }

    @Test(
        "exit codes: the first that applies",
        arguments: [
            (Case(name: "green"), nil, 0), (Case(name: "green, command fine"), 0, 0),
            (Case(name: "green, command failed"), 7, 7),
            (Case(name: "failed before command", expected: [.fail]), 7, 99),
            (Case(name: "doubt", expected: [.inconclusive]), 0, 98),
            (Case(name: "command before doubt", expected: [.inconclusive]), 7, 7),
            (Case(name: "guard before failure", ending: .aborted(condition: ""), expected: [.fail]), 7, 108),
            (Case(name: "interrupted before failure", ending: .interrupted, expected: [.fail]), 7, 105),
            (Case(name: "stopped", ending: .stopped), nil, 105),
            (Case(name: "refused", ending: .refused(reasons: [])), nil, 3),
            (Case(name: "held", ending: .held(reasons: [])), nil, 4),
            (Case(name: "broken", ending: .failed(message: ""), expected: [.fail]), 7, 1),
            (Case(name: "outlived", ending: .outlived), nil, 98),
            (Case(name: "cut off", ending: .unknown), nil, 98),
        ] as [(Case, Int?, Int)])
    func exitCode(run: Case, command: Int?, code: Int) {
        #expect(Self.report(run).exitCode(command: command) == code)
    }
}
