// A journal is a file, and files get cut, edited and mixed up. What is decoded is looked at here before anything is added
// up or used as an index: a line that cannot be true counts as damaged.

extension JournalLine {
    /// Counts above this are no counts: a million a second for three days.
    private static let mostCount = 1 << 38

    /// Whether its figures are possible in a run with the names of `directory`.
    func isSound(in directory: ServiceDirectory?) -> Bool {
        guard 0...1e10 ~= at else { return false }
        switch event {
        case .started(let run): return run.directory.isSound
        case .directory(let later): return later.isSound && later.phases == directory?.phases
        case .second(let second): return directory.map { Self.isSound(second, $0) } ?? false
        case .lost(let lines): return Self.isCount(lines)
        default: return true
        }
    }

    private static func isSound(_ second: Second, _ directory: ServiceDirectory) -> Bool {
        second.series.allSatisfy { series in
            directory.services.indices.contains(series.key.service) && isSound(series.counts)
                && isCount(series.latency.count) && series.failures.allSatisfy { isCount($0.count) }
        }
            && second.injections.allSatisfy { injection in
                injection.counts.all.allSatisfy { $0 <= UInt64(mostCount) } && isCount(injection.asked.count)
                    && isCount(injection.achieved.count) && isCount(injection.cutShort.count)
                    && injection.statuses.allSatisfy { isCount($0.count) }
            }
    }

    private static func isSound(_ counts: ExchangeCounts) -> Bool {
        [counts.exchanges, counts.succeeded, counts.organic, counts.organicSucceeded].allSatisfy(isCount)
    }

    private static func isCount(_ number: Int) -> Bool { 0...mostCount ~= number }
}

extension ServiceDirectory {
    /// Whether its numbers lead somewhere.
    var isSound: Bool {
        let hasZones = services.flatMap(\.endpoints).allSatisfy { $0.zone.map(zones.indices.contains) ?? true }
        let hasPhases = faults.allSatisfy { $0.phase.map(phases.indices.contains) ?? true }
        return hasZones && hasPhases && stages.joined().allSatisfy(phases.indices.contains)
    }
}
