// The timeline as a picture: a self-contained SVG, 1000 wide, dark text on white.
//
//      title
//                    phase names, slanted where they are narrow
//      ruler         ▏calm▕ onset▕  brownout          ▕  recovery     ▕     one row per lane of phases
//      entry         ────────╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔╲──────    its share filled, a moving attribute as a line
//      condition     ├──────────────────────────────┤   what it covers
//      axis          0s      10m     20m     30m
//      legend
//
// Each entry is drawn to its own peak, which stands at its left: 3 % must be as visible as 40 %.

import Faults
import Markup
package import Scenario
import Units

/// Draws a scenario's timeline.
package struct TimelinePicture {
    static let left = 250.0
    static let right = 975.0
    static let rowHeight = 24.0
    static let laneHeight = 54.0
    static let conditionHeight = 34.0

    let file: ScenarioFile
    let schedule: Schedule
    var svg = SVG(width: 1_000)
    var y = 0.0

    package init(_ file: ScenarioFile) {
        self.file = file
        schedule = Schedule(file.timeline)
    }

    /// The document.
    package func document() -> String {
        var picture = self
        picture.drawTitle()
        let phasesTop = picture.drawPhaseNames()
        let boundariesTop = picture.drawRuler(from: phasesTop)
        for (index, lane) in schedule.lanes.enumerated() { picture.drawLane(lane, isOdd: index % 2 == 1) }
        picture.drawBoundaries(from: boundariesTop)
        picture.drawConditions()
        picture.drawAxis()
        picture.drawLegend()
        picture.svg.grow(to: picture.y + 12)
        let title = file.name ?? "A scenario"
        return picture.svg.document(title: title, description: "Timeline of \(title), \(schedule.length) long")
    }

    /// Where a moment stands.
    func x(_ time: TimeSpan) -> Double {
        guard schedule.length > .zero else { return Self.left }
        return Self.left + (Self.right - Self.left) * min(max(time.seconds / schedule.length.seconds, 0), 1)
    }

    private mutating func drawTitle() {
        svg.text(
            Self.fitted(file.name ?? "A scenario without a name", 960, size: 19), x: 20, y: 34, size: 19, weight: "600")
        let seed = file.seed.map { "seed \($0)" } ?? "seed drawn at the start"
        let services = file.services.map(\.name).joined(separator: ", ")
        let line = ["\(schedule.length)", seed, services].filter { !$0.isEmpty }.joined(separator: "  ·  ")
        svg.text(Self.fitted(line, 960, size: 12), x: 20, y: 54, fill: Ink.soft)
        y = 68
    }

    private static func fits(_ stretch: Schedule.Stretch, in width: Double) -> Bool {
        self.width(stretch.label, size: 12) + 10 <= width
    }

    /// Names that do not fit into their boxes stand slanted above; answers with the ruler's top.
    private mutating func drawPhaseNames() -> Double {
        let narrow = schedule.stretches.filter { $0.row == 0 && !Self.fits($0, in: x($0.end) - x($0.start)) }
        guard !narrow.isEmpty else { return y }
        let labels = narrow.map { Self.fitted($0.label, 150, size: 12) }
        let height = (labels.map { Self.width($0, size: 12) }.max() ?? 0) * 0.5 + 18
        var free = Self.left
        for (stretch, label) in zip(narrow, labels) {
            let middle = (x(stretch.start) + x(stretch.end)) / 2
            let place = max(middle, free)
            guard place < Self.right else { break }
            free = place + 22
            svg.line(middle, y + height, place, y + height - 7, stroke: Ink.faint)
            // Near the right edge a name reads towards its box instead of out of the picture.
            let isLast = place + Self.width(label, size: 12) * 0.87 > svg.width - 8
            svg.text(
                label, x: isLast ? place + 3 : place, y: y + height - 9, anchor: isLast ? .end : .start,
                turn: isLast ? 0 : -30, title: stretch.phase)
        }
        return y + height
    }

    private mutating func drawRuler(from top: Double) -> Double {
        for stretch in schedule.stretches { drawPhase(stretch, top: top + Double(stretch.row) * Self.rowHeight) }
        for stretch in schedule.stretches {
            let middle = top + Double(stretch.row) * Self.rowHeight + 10
            if stretch.first.gate != nil { svg.diamond(x: x(stretch.end), y: middle) }
            if stretch.first.until != nil { svg.arrow(x: x(stretch.end), y: middle) }
        }
        svg.text("phases", x: 20, y: top + 16, weight: "600")
        y = top + Double(max(schedule.rows, 1)) * Self.rowHeight + 8
        return top
    }

    private mutating func drawPhase(_ stretch: Schedule.Stretch, top: Double) {
        let (start, end) = (x(stretch.start), x(stretch.end))
        let fill = stretch.first.faults.isEmpty ? Ink.quiet : Ink.busy
        let name = stretch.label
        svg.rectangle(
            x: start, y: top, width: max(end - start, 1), height: Self.rowHeight - 4, fill: fill, stroke: Ink.faint,
            title: "\(name): \(stretch.start) to \(stretch.end)")
        if Self.fits(stretch, in: end - start) {
            svg.text(name, x: (start + end) / 2, y: top + 14, anchor: .middle)
        }
        for pass in 1..<max(1, min(stretch.first.passes, 200)) {
            let edge = x(stretch.start + stretch.first.length * Double(pass))
            svg.line(edge, top, edge, top + Self.rowHeight - 4, stroke: Ink.faint)
        }
    }

}

/// The picture's colours.
enum Ink {
    static let text = "#1b1f24"
    static let soft = "#57606a"
    static let faint = "#c4ccd4"
    static let quiet = "#f3f5f7"
    static let busy = "#fde7cf"
    static let mark = "#8250df"
    static let danger = "#b3261e"
    static let good = "#1a7f37"
    /// By place in the catalogue, so that a fault looks the same in every picture.
    static let faults = [
        "#1f6fb4", "#b3261e", "#7a4fb5", "#8a5a2b", "#c25e00", "#9a6700", "#0b7a75", "#b01e6d", "#57606a", "#24292f",
        "#33415c", "#2f6f3e", "#5b6abf", "#a0522d", "#3d7ea6",
    ]

    static func fault(_ name: String) -> String {
        let index = Catalogue.standard.faults.firstIndex { $0.name == name } ?? 0
        return faults[index % faults.count]
    }
}

extension TimelinePicture {
    /// An estimate that errs on the wide side for the fonts named.
    static func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 0.56 : 1) } * size
    }

    /// Cut with an ellipsis to what `width` holds.
    static func fitted(_ text: String, _ width: Double, size: Double) -> String {
        guard self.width(text, size: size) > width else { return text }
        var cut = text
        while !cut.isEmpty, self.width(cut + "…", size: size) > width { cut.removeLast() }
        return cut + "…"
    }
}

extension SVG {
    /// A gate.
    mutating func diamond(x: Double, y: Double) {
        polygon([(x, y - 7), (x + 6, y), (x, y + 7), (x - 6, y)], fill: Ink.mark)
    }

    /// An end that may come sooner.
    mutating func arrow(x: Double, y: Double) {
        polygon([(x - 9, y), (x - 1, y - 5), (x - 1, y + 5)], fill: Ink.mark)
    }
}
