// A scenario's time, flattened: every pass of every phase is one stretch with its planned start and end.
//
//     phases     calm      storm (repeat 2)        both (together)         after
//                                                  ├─ slow    ─ slower ─┤
//                                                  └─ errors ───────────┘
//     stretches  calm 1/1  storm 1/2  storm 2/2    both, slow, slower, errors   after
//     lane       []        []         []           []    [0]   [0]     [1]      []
//
// Planned times leave gates out: they are opened by a person. `longest` counts each gate's whole bound. What really
// happens (gates, leaving early, skipping) is a `TimelineCursor`'s business.

package import Units

/// All stretches of a scenario, in the order of the file.
package struct Timeline: Sendable {
    /// Most stretches, and most entries in all of them together: the decoder refuses more.
    package static let mostStretches = 20_000
    package static let mostEntries = 50_000

    package let stretches: [Stretch]
    /// The names of the phases, in the order of the file, those of lanes behind the phase that holds them.
    package let phases: [String]
    /// Planned length, gates left out.
    package let length: TimeSpan
    /// With every gate kept to its bound.
    package let longest: TimeSpan
    let track: [Step]

    package init(_ phases: [Phase]) {
        var builder = Builder()
        track = builder.track(phases, at: .zero, lane: [])
        stretches = builder.stretches
        length = stretches.map(\.end).max() ?? .zero
        longest = Self.longest(phases)
        var seen: Set<String> = []
        self.phases = builder.stretches.map(\.phase).filter { seen.insert($0).inserted }
    }

    /// Wall time after which all is cleared, unless the file says another: the longest length and a tenth.
    package var defaultTTL: TimeSpan { longest * 1.1 }

    /// The stretches that are planned for `played`, those that hold lanes before their lanes; empty after the end.
    package func planned(at played: TimeSpan) -> [Stretch] {
        stretches.filter { $0.start <= played && played < $0.end }
    }

    private static func longest(_ phases: [Phase]) -> TimeSpan {
        phases.reduce(.zero) { sum, phase in
            let pass = phase.together.isEmpty ? phase.length : phase.together.map(longest).max() ?? .zero
            return sum + (pass + (phase.gate?.within ?? .zero)).times(phase.repeats)
        }
    }

    /// How many stretches and entries `phases` would flatten to; saturates.
    static func size(_ phases: [Phase]) -> (stretches: Int, entries: Int) {
        phases.reduce((0, 0)) { sum, phase in
            let lanes = phase.together.map(size)
            let stretches = lanes.reduce(1) { $0.plus($1.stretches) }
            let entries = lanes.reduce(phase.faults.count) { $0.plus($1.entries) }
            return (sum.0.plus(stretches.times(phase.repeats)), sum.1.plus(entries.times(phase.repeats)))
        }
    }
}

extension Timeline {
    /// One pass of one phase.
    package struct Stretch: Sendable {
        /// Its place in `stretches`.
        package let index: Int
        package let phase: String
        /// From 1, and of how many.
        package let pass: Int
        package let passes: Int
        /// Planned, from the beginning of the timeline.
        package let start: TimeSpan
        package let end: TimeSpan
        /// For each level of lanes, which one; empty on the main line.
        package let lane: [Int]
        package let gate: Phase.Gate?
        package let until: LocatedCondition?
        package let faults: [ScheduledFault]

        package var length: TimeSpan { end - start }
    }

    /// An entry with its window in its stretch.
    package struct ScheduledFault: Sendable {
        package let entry: FaultEntry
        /// From the beginning of the stretch.
        package let after: TimeSpan
        /// What ramps and steps divide.
        package let length: TimeSpan
        /// Whether `for` ends it; else it lasts as long as its stretch, gates included.
        package let endsByItself: Bool

        /// Whether it is live so long after its stretch began.
        package func isLive(at elapsed: TimeSpan) -> Bool {
            elapsed >= after && (!endsByItself || elapsed < after + length)
        }
    }

    /// A stretch with the lanes that it holds.
    struct Step: Sendable {
        let stretch: Int
        let lanes: [[Step]]
    }

    /// Lays phases one behind the other.
    private struct Builder {
        var stretches: [Stretch] = []

        mutating func track(_ phases: [Phase], at start: TimeSpan, lane: [Int]) -> [Step] {
            var steps: [Step] = []
            var time = start
            for phase in phases {
                for pass in stride(from: 1, through: phase.repeats, by: 1) {
                    steps.append(step(phase, pass, at: time, lane: lane))
                    time = stretches[steps[steps.count - 1].stretch].end
                }
            }
            return steps
        }

        private mutating func step(_ phase: Phase, _ pass: Int, at start: TimeSpan, lane: [Int]) -> Step {
            let index = stretches.count
            stretches.append(stretch(phase, pass, index, start, start + phase.length, lane))
            let lanes = phase.together.enumerated().map { track($1, at: start, lane: lane + [$0]) }
            let ends = lanes.compactMap { $0.last.map { stretches[$0.stretch].end } }
            if let end = ends.max() { stretches[index] = stretch(phase, pass, index, start, end, lane) }
            return Step(stretch: index, lanes: lanes)
        }

        private func stretch(
            _ phase: Phase, _ pass: Int, _ index: Int, _ start: TimeSpan, _ end: TimeSpan, _ lane: [Int]
        ) -> Stretch {
            let length = end - start
            return Stretch(
                index: index, phase: phase.name, pass: pass, passes: phase.repeats, start: start, end: end, lane: lane,
                gate: phase.gate, until: phase.until,
                faults: phase.faults.map { ScheduledFault($0, in: length) })
        }
    }
}

extension Timeline.ScheduledFault {
    init(_ entry: FaultEntry, in length: TimeSpan) {
        let left = max(.zero, length - entry.after)
        self.entry = entry
        after = entry.after
        self.length = min(entry.length ?? left, left)
        endsByItself = entry.length != nil
    }
}

extension Int {
    fileprivate func plus(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    fileprivate func times(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
