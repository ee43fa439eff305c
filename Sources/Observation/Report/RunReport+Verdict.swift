// From a report's parts to its verdict, and from there to an exit code (SCENARIO-LANGUAGE.md, "What reads it").
//
//     FAIL           a guard aborted the run, or an expectation failed
//     INCONCLUSIVE   else, when anything leaves a doubt: not played to the end, a fault that never bit, records dropped,
//                    an expectation that could not be decided
//     PASS           else

extension RunReport {
    /// Sets `verdict` and `reasons` from everything else.
    mutating func judge() {
        let failed = failingReasons
        let doubtful = doubts
        verdict = !failed.isEmpty ? .fail : doubtful.isEmpty ? .pass : .inconclusive
        reasons = failed + doubtful
    }

    /// The process's exit code; first that applies. `command`: that of the command run beside it.
    package func exitCode(command: Int? = nil) -> Int {
        switch ending {
        case .failed: return 1
        case .interrupted, .stopped: return 105
        case .aborted: return 108
        case .refused: return 3
        case .held: return 4
        case .played, .commandEnded, .outlived, .unknown: break
        }
        if expectations.contains(where: { $0.verdict == .fail }) { return 99 }
        if let code = command ?? commandCode, code != 0 { return code }
        return verdict == .inconclusive ? 98 : 0
    }

    private var failingReasons: [String] {
        var reasons: [String] = []
        if case .aborted(let condition) = ending { reasons.append("aborted by a guard: \(condition)") }
        let failed = expectations.count { $0.verdict == .fail }
        if failed > 0 {
            reasons.append("\(failed) of \(expectations.count) \("expectation".plural(expectations.count)) failed")
        }
        return reasons
    }

    private var doubts: [String] {
        endingDoubts
            + faults.filter { $0.bite == .neverBit }.map { "\($0.named) never bit" }
            + faults.filter { $0.counts.unmeasured > 0 }.map { fault in
                "\(fault.named): \(fault.counts.unmeasured.grouped) delays drawn, for want of a measured baseline"
            }
            + (droppedRecords > 0
                ? ["\(droppedRecords.grouped) \("record".plural(Int(clamping: droppedRecords))) dropped"] : [])
            + expectations.filter { $0.verdict == .inconclusive }.map(\.doubt)
    }

    private var endingDoubts: [String] {
        switch ending {
        case .played, .aborted, .commandEnded: []
        case .outlived: ["its time to live was over"]
        case .stopped: ["stopped before its end"]
        case .interrupted: ["interrupted; all faults were cleared"]
        case .refused(let reasons): ["not started: " + reasons.joined(separator: "; ")]
        case .held(let reasons): ["not started, on hold: " + reasons.joined(separator: "; ")]
        case .failed(let message): ["internal error: \(message)"]
        case .unknown: ["interrupted: the journal ends before its run"]
        }
    }
}

extension ExpectationReport {
    /// Why it leaves the run in doubt.
    var doubt: String { "\(name): \(reason ?? "not decided")" }
}

extension FaultReport {
    /// The name, with the phase where there is one and the name does not say it.
    var named: String {
        guard let phase, !name.hasPrefix(phase + "/") else { return name }
        return "\(name) in \(phase)"
    }
}
