// Runs that were loaded, by number: what was given, what became of it. One is played at a time.

import Foundation
import Observation
import Scenario

/// A scenario as it was given, decoded against the services of the moment.
struct LoadedScript: Sendable {
    var file: ScenarioFile
    var identity: ScriptIdentity
    /// nil: the file's, else a random one.
    var seed: UInt64?
    var speed = 1.0

    init(file: ScenarioFile, identity: ScriptIdentity, seed: UInt64? = nil, speed: Double = 1) {
        self.file = file
        self.identity = identity
        self.seed = seed
        self.speed = speed
    }
}

/// One loaded run.
final class Run {
    enum State: Sendable {
        case loaded
        case current
        case over(RunReport)
    }

    let id: String
    let script: LoadedScript
    let seed: UInt64
    let by: Requester
    let loadedAt: Date
    var state = State.loaded

    init(id: String, _ script: LoadedScript, by requester: Requester) {
        self.id = id
        self.script = script
        by = requester
        loadedAt = Date()
        seed = script.seed ?? script.file.seed ?? UInt64.random(in: .min ... .max)
    }

    var name: String { script.file.name ?? script.identity.name }

    var isOver: Bool { if case .over = state { true } else { false } }
}

/// All runs of a process, as far as they are kept.
struct RunShelf {
    private(set) var runs: [Run] = []
    private var count = 0

    /// Most that are kept; the oldest that is over makes room.
    static let capacity = 32

    init() {}

    var current: Run? { runs.first { if case .current = $0.state { true } else { false } } }

    /// The one that ended last.
    var latest: Run?

    subscript(id: String) -> Run? { runs.first { $0.id == id } }

    mutating func add(_ script: LoadedScript, by requester: Requester) throws(ControlError) -> Run {
        if runs.count >= Self.capacity {
            guard let oldest = runs.firstIndex(where: \.isOver) else {
                throw ControlError(.conflict, "\(runs.count) runs are loaded and none is over: remove one")
            }
            runs.remove(at: oldest)
        }
        count += 1
        let run = Run(id: "\(count)", script, by: requester)
        runs.append(run)
        return run
    }

    /// The current run is over.
    mutating func finish(_ report: RunReport) {
        latest = current
        current?.state = .over(report)
    }

    mutating func remove(_ id: String) { runs.removeAll { $0.id == id } }
}
