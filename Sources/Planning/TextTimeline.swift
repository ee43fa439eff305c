// The timeline as text: one line per phase and per fault, drawn to scale in what a terminal of 80 columns leaves.
//
//     brownout       4m     11m  │       ███████████
//     slow-charges                │    ▂▅█████████████▇▇▆▆▅▅▄▄▃▃▂▂▁▁   peak 40%

import Scenario
import Units

/// The drawn part of a plan's text.
struct TextTimeline {
    static let nameWidth = 18
    static let timeWidth = 7
    static let barWidth = 80 - 2 - nameWidth - 2 * (timeWidth + 1) - 3
    private static let heights = Array(" ▁▂▃▄▅▆▇█")

    let schedule: Schedule

    var lines: [String] {
        let phases = schedule.stretches.map(phase)
        let faults = schedule.lanes.map(lane)
        return [header] + phases + (faults.isEmpty ? [] : [""] + faults)
    }

    private var header: String {
        let end = schedule.length.description
        let ruler = "0s" + String(repeating: " ", count: max(1, Self.barWidth - 2 - end.count)) + end
        return Self.row("", "starts", "lasts", ruler)
    }

    private func phase(_ stretch: Schedule.Stretch) -> String {
        let indent = String(repeating: "  ", count: stretch.row)
        var cells = [Character](repeating: " ", count: Self.barWidth)
        for index in columns(stretch.start, stretch.end) { cells[index] = "█" }
        return Self.row(
            indent + stretch.label, Figures.time(stretch.start),
            Figures.time(stretch.length), String(cells))
    }

    /// Heights relative to the lane's own peak, the average within each column.
    private func lane(_ lane: Schedule.Lane) -> String {
        let peak = lane.peakShare
        let cells = (0..<Self.barWidth).map { column -> Character in
            let shares = (0..<16).compactMap { lane.share(at: time(Double(column) + (Double($0) + 0.5) / 16)) }
            guard !shares.isEmpty, peak > 0 else { return " " }
            let share = shares.reduce(0, +) / Double(shares.count)
            return share <= 0 ? "▁" : Self.heights[max(1, Int((share / peak * 8).rounded()))]
        }
        return Self.row(lane.name, "", Figures.percentage(peak), String(cells))
    }

    private func time(_ column: Double) -> TimeSpan { schedule.length * (column / Double(Self.barWidth)) }

    /// The columns whose middle lies within; one at least.
    private func columns(_ start: TimeSpan, _ end: TimeSpan) -> Range<Int> {
        let scale = Double(Self.barWidth) / max(schedule.length.seconds, 1e-9)
        let first = min(max(Int((start.seconds * scale).rounded()), 0), Self.barWidth - 1)
        let last = min(max(Int((end.seconds * scale).rounded()), first + 1), Self.barWidth)
        return first..<last
    }

    static func row(_ name: String, _ start: String, _ length: String, _ bar: String) -> String {
        let text =
            "  " + Columns.left(name, nameWidth) + " " + Columns.right(start, timeWidth) + " "
            + Columns.right(length, timeWidth) + "  " + bar
        return Columns.trimmed(text)
    }
}

/// Text in columns.
enum Columns {
    static func left(_ text: String, _ width: Int) -> String {
        let cut = short(text, width)
        return cut + String(repeating: " ", count: width - cut.count)
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// At most `width` characters, the last an ellipsis where something was cut.
    static func short(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }

    static func trimmed(_ text: String) -> String {
        String(String(text.reversed().drop { $0 == " " }).reversed())
    }

    /// `text` broken at blanks into lines of at most `width`; a longer word stands alone.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A label and its text, wrapped and hanging.
    static func labelled(_ label: String, _ text: String, indent: Int = 2, labelWidth: Int = 11) -> [String] {
        let lines = wrapped(text, 80 - indent - labelWidth)
        return (lines.isEmpty ? [""] : lines).enumerated().map { index, line in
            trimmed(String(repeating: " ", count: indent) + left(index == 0 ? label : "", labelWidth) + line)
        }
    }
}
