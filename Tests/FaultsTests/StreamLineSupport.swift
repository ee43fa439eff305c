// Lines in virtual time: what a pipe would send, and when.

@testable import Faults
import Scenario
import Testing
import Units

extension StreamLine {
    /// What came out until nothing more could.
    struct Run {
        var writes: [(at: Instant, bytes: Int)] = []
        var end: StreamEnd?
        var endedAt: Instant?
    }

    /// A line of one stage per fault, in that order, as a new connection would have them.
    init(_ faults: [(name: String, text: String)]) throws {
        self.init()
        follow(try StageMaker().stages(faults), now: .at(1))
    }

    /// Moves time from deadline to deadline.
    mutating func run(from start: Instant, until limit: Instant = .distantFuture) -> Run {
        var (now, run) = (start, Run())
        while true {
            let passage = advance(now: now)
            if passage.bytes > 0 { run.writes.append((now, passage.bytes)) }
            if let end = passage.end {
                (run.end, run.endedAt) = (end, now)
                return run
            }
            if passage.bytes > 0 { continue }
            guard passage.next < .distantFuture, passage.next <= limit else { return run }
            now = max(passage.next, now)
        }
    }

    /// How many of `count` bytes come out within `seconds`.
    mutating func passes(_ count: Int, seconds: Double) -> Int {
        arrive(count)
        return run(from: .at(1), until: .at(1 + seconds)).writes.reduce(0) { $0 + $1.bytes }
    }
}

/// Makes stages of one connection from file text; entries are named after their faults and keep their state.
final class StageMaker {
    private var states: [String: EntryState] = [:]
    private var draws = ConnectionDraws()

    func stages(_ faults: [(name: String, text: String)]) throws -> [StreamStage] {
        let rules = try faults.enumerated().map { index, fault in
            try rule(
                FaultsTests.fault(fault.name, fault.text), name: fault.name, index: index, service: .forTests(.tcp),
                state: state(fault.name))
        }
        return Chain(rules).connectionPlan(draws: &draws).streams.downstream
    }

    private func state(_ name: String) -> EntryState {
        let state = states[name] ?? EntryState(name: name)
        states[name] = state
        return state
    }
}
