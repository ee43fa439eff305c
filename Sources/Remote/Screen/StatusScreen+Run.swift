// The run on a status screen: its name and state, its timeline, where it stands.

import Control
import Observation
import Units

extension StatusScreen {
    /// The block of the run, with an empty line behind it.
    var run: [ScreenLine] {
        guard let position = board.position else { return [noRun, ScreenLine()] }
        let phases = board.run?.id == position.id ? board.run?.phases ?? [] : []
        let timeline = RunTimeline(phases, position, width: width - 2)
        return [title(position)] + timeline.lines + [progress(position), ScreenLine()]
    }

    private var noRun: ScreenLine {
        guard let run = board.run, let verdict = run.verdict else {
            var line = ScreenLine(" no run", .bold)
            line.addRight("brownout play FILE starts one ", .dim)
            return line
        }
        var line = ScreenLine(" no run", .bold)
        line.add("  the last one: \(run.name) ", .dim)
        line.addRight("\(verdict) ", verdict == "PASS" ? .good : verdict == "FAIL" ? .bad : .warning)
        return line
    }

    private func title(_ position: PositionAnswer) -> ScreenLine {
        var line = ScreenLine(" " + position.name, .bold)
        let words = position.words ?? position.state
        switch position.state {
        case _ where board.isLost: line.addRight("not known now ", .warning)
        case "playing" where position.phases.contains(where: \.isWaitingAtGate):
            line.addRight("◆ \(words): c continues ", .warning)
        case "playing": line.addRight("▶ \(words) ", .good)
        case "paused": line.addRight("‖ \(words) ", .warning)
        default: line.addRight("… \(words) ", .warning)
        }
        return line
    }

    private func progress(_ position: PositionAnswer) -> ScreenLine {
        var line = ScreenLine(" ")
        for phase in position.phases.prefix(2) {
            let pass = phase.passes > 1 ? " (\(phase.pass) of \(phase.passes))" : ""
            line.add(phase.name + pass, .accent)
            line.add(" \(Self.whole(phase.elapsedSeconds)) of \(Self.nearest(phase.lengthSeconds)) · ")
        }
        line.add("run \(Self.whole(position.elapsedSeconds)) of \(Self.nearest(position.lengthSeconds))")
        if let left = position.timeLeftSeconds {
            line.addRight("cleared in \(Self.whole(left)) at the latest ", .dim)
        }
        return line
    }

    /// A length that `--speed` has scaled and scaled back is off by a few nanoseconds.
    private static func nearest(_ seconds: Double) -> TimeSpan { .seconds(Int64(seconds.rounded())) }
}

/// The phases of a run to scale, over their names.
struct RunTimeline {
    private struct Segment {
        let phase: RunAnswer.PhaseAnswer
        let width: Int
    }

    private let segments: [Segment]
    private let position: PositionAnswer

    /// Narrower ones cannot be told apart.
    private static let leastWidth = 3

    init(_ phases: [RunAnswer.PhaseAnswer], _ position: PositionAnswer, width: Int) {
        self.position = position
        segments = zip(phases, Self.widths(phases.map(\.plannedSeconds), width)).map { Segment(phase: $0, width: $1) }
    }

    var lines: [ScreenLine] {
        guard !segments.isEmpty else { return [] }
        var (bar, names) = (ScreenLine(" "), ScreenLine(" "))
        for (index, segment) in segments.enumerated() {
            draw(segment, isFirst: index == 0, on: &bar)
            let isCurrent = current?.name == segment.phase.name
            names.add(segment.phase.name.cut(to: segment.width - 1).padded(segment.width), isCurrent ? .bold : .dim)
        }
        return [bar, names]
    }

    /// The phase of the main line that is played now.
    private var current: PositionAnswer.PhasePosition? { position.phases.first }

    private func draw(_ segment: Segment, isFirst: Bool, on line: inout ScreenLine) {
        let played = played(segment)
        let isSkipped = segment.phase.state == "skipped"
        let corner = played > 0 ? (isFirst ? "┝" : "┿") : (isFirst ? "├" : "┼")
        guard let current, current.name == segment.phase.name else {
            let fill = played > 0 ? "━" : isSkipped ? "┄" : "─"
            line.add(corner + String(repeating: fill, count: segment.width - 1), played > 0 ? .plain : .dim)
            return
        }
        let head = min(max(played, 1), segment.width - 1)
        line.add(corner + String(repeating: "━", count: head - 1), .accent)
        line.add("●", .bold)
        line.add(String(repeating: "─", count: segment.width - head - 1), .dim)
    }

    /// How many of its columns are over.
    private func played(_ segment: Segment) -> Int {
        if let current, current.name == segment.phase.name {
            let passes = Double(max(1, current.passes))
            let share = current.lengthSeconds > 0 ? min(1, current.elapsedSeconds / current.lengthSeconds) : 0
            return max(1, Int((Double(segment.width) * (Double(current.pass - 1) + share) / passes).rounded(.down)))
        }
        return ["not played", "skipped"].contains(segment.phase.state) ? 0 : segment.width
    }

    /// Columns in proportion to lengths, none below the least; the longest gives what the rounding takes.
    private static func widths(_ lengths: [Double], _ width: Int) -> [Int] {
        let total = max(lengths.reduce(0, +), 1e-9)
        var widths = lengths.map { max(leastWidth, Int(($0 / total * Double(width)).rounded(.down))) }
        while let longest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths.reduce(0, +) != width {
            let step = widths.reduce(0, +) < width ? width - widths.reduce(0, +) : -1
            if step < 0, widths[longest] <= leastWidth { break }
            widths[longest] += step
        }
        return widths
    }
}
