// The timeline laid out on a ruler: when each phase begins, how long it lasts with all its passes, and on which row it
// stands; and the same for every fault entry. Script time throughout, before `--speed`. Waiting at gates is not planned
// time, and `until` may end a phase sooner: both are marks, not lengths.
//
//     row 0   | calm | onset | both lanes ............ | after |
//     row 1                  | lane 1, a | lane 1, b   |
//     row 2                  | lane 2           |

package import Scenario
package import Units

/// Where everything of a timeline stands.
package struct Schedule: Sendable {
    /// Passes of one entry beyond these are not placed one by one.
    package static let placementsMaximum = 1_000

    /// A phase with all its passes.
    package struct Stretch: Sendable {
        package let first: Timeline.Stretch
        package fileprivate(set) var end: TimeSpan
        package let row: Int
        package var phase: String { first.phase }
        package var start: TimeSpan { first.start }
        package var length: TimeSpan { end - start }
        /// `storm ×3`.
        package var label: String { first.passes > 1 ? "\(phase) ×\(first.passes)" : phase }
    }

    /// One pass of a fault entry.
    package struct Placement: Sendable {
        package let entry: FaultEntry
        package let start: TimeSpan
        package let length: TimeSpan
        package var end: TimeSpan { start + length }
    }

    /// The entries of one name: they share cohort, ordinals and state, so they are one story.
    package struct Lane: Sendable {
        package let name: String
        package fileprivate(set) var placements: [Placement]
        /// Passes that were left out.
        package fileprivate(set) var unplaced = 0
    }

    package private(set) var stretches: [Stretch] = []
    package private(set) var lanes: [Lane] = []
    package let length: TimeSpan
    private var rowOfLane: [[Int]: Int] = [[]: 0]
    private var indexOfLane: [String: Int] = [:]

    package init(_ phases: [Phase]) {
        let timeline = Timeline(phases)
        length = timeline.length
        for stretch in timeline.stretches {
            add(stretch)
            for fault in stretch.faults {
                add(Placement(entry: fault.entry, start: stretch.start + fault.after, length: fault.length))
            }
        }
    }

    /// How many rows the ruler has.
    package var rows: Int { (stretches.map(\.row).max() ?? -1) + 1 }

    /// How many passes are not placed.
    package var unplaced: Int { lanes.reduce(0) { $0 + $1.unplaced } }

    private mutating func add(_ stretch: Timeline.Stretch) {
        let row = rowOfLane[stretch.lane] ?? rowOfLane.count
        rowOfLane[stretch.lane] = row
        let earlier = stretches.lastIndex { $0.row == row }
        if stretch.pass > 1, let earlier, stretches[earlier].phase == stretch.phase {
            stretches[earlier].end = stretch.end
        } else {
            stretches.append(Stretch(first: stretch, end: stretch.end, row: row))
        }
    }

    private mutating func add(_ placement: Placement) {
        guard let index = indexOfLane[placement.entry.name] else {
            indexOfLane[placement.entry.name] = lanes.count
            return lanes.append(Lane(name: placement.entry.name, placements: [placement]))
        }
        if lanes[index].placements.count < Self.placementsMaximum {
            lanes[index].placements.append(placement)
        } else {
            lanes[index].unplaced += 1
        }
    }
}

extension Schedule.Lane {
    /// The largest share of any moment, as far as a thousand samples a stretch show it.
    package var peakShare: Double {
        placements.map { placement in
            (0...1_000).map { placement.share(at: placement.length * (Double($0) / 1_000)) }.max() ?? 0
        }.max() ?? 0
    }

    /// The share at `time` of the timeline; nil while no entry of the lane is live.
    package func share(at time: TimeSpan) -> Double? {
        placements.first { time >= $0.start && time < $0.end }.map { $0.share(at: time - $0.start) }
    }
}

extension Schedule.Placement {
    package func share(at elapsed: TimeSpan) -> Double {
        min(max(entry.share.value(at: elapsed, of: length), 0), 1)
    }
}
