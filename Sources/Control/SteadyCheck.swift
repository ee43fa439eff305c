// The steady state again, after the last phase: asked until it holds, for as long as the file gives it; once when nobody
// calls any more, since then no sample will come.

import Observation
import Scenario
import Units

/// Watches for the steady state to come back.
struct SteadyCheck {
    private(set) var result: ExpectationReport?
    let steady: Steady
    private let deadline: Instant

    init(_ steady: Steady, from now: Instant) {
        self.steady = steady
        deadline = now + steady.within
    }

    /// Looks once; `isLast`: whatever is seen is final.
    mutating func look(_ director: Director, at now: Instant, isLast: Bool) {
        guard result == nil else { return }
        let truths = steady.that.map { director.truth($0.condition) }
        if truths.allSatisfy({ $0 == .yes }) {
            result = report(.pass, nil)
        } else if isLast || now >= deadline {
            let missing = zip(steady.that, truths).filter { $1 != .yes }.map { $0.0.text }.joined(separator: ", ")
            result = truths.contains(.no) ? report(.fail, nil) : report(.inconclusive, "no samples: \(missing)")
        }
    }

    private func report(_ verdict: Verdict, _ reason: String?) -> ExpectationReport {
        let text = steady.that.map(\.text).joined(separator: " and ")
        var report = ExpectationReport.undecided(
            ExpectationText(name: "steady state again", phase: nil, text: text), because: reason ?? "")
        (report.verdict, report.reason) = (verdict, reason)
        return report
    }
}
