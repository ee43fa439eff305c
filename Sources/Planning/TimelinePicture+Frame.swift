// Around the lanes: what conditions cover, the boundaries of phases, the axis, the legend.

import Markup
import Scenario
import Units

extension TimelinePicture {
    /// Where in its row the bracket of a condition stands, below its text.
    private static let conditionLine = 23.0

    mutating func drawConditions() {
        let hasAny = file.steady != nil || !file.abortIf.isEmpty || !file.expect.isEmpty
        guard hasAny else { return }
        y += 8
        if let steady = file.steady { drawSteady(steady) }
        for condition in file.abortIf {
            drawCondition("abort if", condition.text, ranges: [(.zero, schedule.length)], colour: Ink.danger)
        }
        for expectation in file.expect {
            let stretches = expectation.phase.map { name in schedule.stretches.filter { $0.phase == name } } ?? []
            let ranges = expectation.phase == nil ? [(.zero, schedule.length)] : stretches.map { ($0.start, $0.end) }
            let text =
                expectation.name == expectation.that.text
                ? expectation.name : "\(expectation.name): \(expectation.that.text)"
            drawCondition("expect", text, ranges: ranges, colour: Ink.good)
        }
    }

    private mutating func drawSteady(_ steady: Steady) {
        let text = steady.that.map(\.text).joined(separator: " and ")
        drawConditionLabel("steady", text)
        for time in [TimeSpan.zero, schedule.length] {
            svg.circle(x: x(time), y: y + Self.conditionLine, radius: 4.5, fill: Ink.good)
        }
        y += Self.conditionHeight
    }

    private mutating func drawCondition(
        _ kind: String, _ text: String, ranges: [(TimeSpan, TimeSpan)], colour: String
    ) {
        drawConditionLabel(kind, text)
        let middle = y + Self.conditionLine
        for (start, end) in ranges {
            svg.line(x(start), middle, x(end), middle, stroke: colour, width: 2)
            for edge in [start, end] { svg.line(x(edge), middle - 4, x(edge), middle + 4, stroke: colour, width: 2) }
        }
        y += Self.conditionHeight
    }

    private mutating func drawConditionLabel(_ kind: String, _ text: String) {
        svg.text(kind, x: 20, y: y + 14, size: 11, weight: "600")
        svg.text(Self.fitted(text, 900, size: 11), x: 72, y: y + 14, size: 11, title: text)
    }

    mutating func drawBoundaries(from top: Double) {
        let inner = schedule.stretches.filter { $0.row == 0 }.map(\.end).dropLast()
        for time in inner { svg.line(x(time), top, x(time), y, stroke: Ink.faint, dash: "2 3") }
        for stretch in schedule.stretches where stretch.first.gate != nil {
            svg.line(x(stretch.end), top, x(stretch.end), y, stroke: Ink.mark, dash: "5 3")
        }
    }

    mutating func drawAxis() {
        y += 6
        svg.line(Self.left, y, Self.right, y, stroke: Ink.text)
        for time in TimeTicks.ticks(of: schedule.length) {
            svg.line(x(time), y, x(time), y + 5, stroke: Ink.text)
            svg.text("\(time)", x: x(time), y: y + 18, size: 11, anchor: .middle)
        }
        y += 30
    }

    mutating func drawLegend() {
        var place = Self.left
        y += 10
        func needs(_ text: String) -> Double { Self.width(text, size: 11) + 34 }
        for item in legend {
            if place + needs(item.text) > Self.right { (place, y) = (Self.left, y + 20) }
            draw(item.symbol, x: place)
            svg.text(item.text, x: place + 22, y: y + 4, size: 11, fill: Ink.soft)
            place += needs(item.text)
        }
        y += 14
    }

    private enum Symbol { case share, part, conditional, gate, until, steady, expect, abort, quiet, busy }

    /// What the picture shows, and nothing that it does not.
    private var legend: [(symbol: Symbol, text: String)] {
        let entries = schedule.lanes.flatMap(\.placements).map(\.entry)
        let phases = schedule.stretches.map(\.first)
        let items: [(Bool, Symbol, String)] = [
            (true, .quiet, "phase without faults"), (!entries.isEmpty, .busy, "phase with faults"),
            (!entries.isEmpty, .share, "share harmed, to the lane's own peak"),
            (entries.contains { MovingPart($0.fault) != nil }, .part, "an attribute that moves"),
            (entries.contains { $0.when != nil }, .conditional, "only while its condition holds"),
            (phases.contains { $0.gate != nil }, .gate, "gate: waits for a person"),
            (phases.contains { $0.until != nil }, .until, "may end sooner"),
            (file.steady != nil, .steady, "steady state is checked"),
            (!file.expect.isEmpty, .expect, "what an expectation covers"), (!file.abortIf.isEmpty, .abort, "guard"),
        ]
        return items.filter(\.0).map { ($0.1, $0.2) }
    }

    private mutating func draw(_ symbol: Symbol, x: Double) {
        switch symbol {
        case .quiet: svg.rectangle(x: x, y: y - 6, width: 16, height: 12, fill: Ink.quiet, stroke: Ink.faint)
        case .busy: svg.rectangle(x: x, y: y - 6, width: 16, height: 12, fill: Ink.busy, stroke: Ink.faint)
        case .share:
            svg.polygon([(x, y + 6), (x, y), (x + 16, y - 6), (x + 16, y + 6)], fill: Ink.faults[0], opacity: 0.3)
            svg.polyline([(x, y), (x + 16, y - 6)], stroke: Ink.faults[0], width: 1.5)
        case .part: svg.line(x, y, x + 16, y, stroke: Ink.text, width: 1.5)
        case .conditional: svg.line(x, y, x + 16, y, stroke: Ink.faults[0], width: 1.5, dash: "4 3")
        case .gate: svg.diamond(x: x + 8, y: y)
        case .until: svg.arrow(x: x + 13, y: y)
        case .steady: svg.circle(x: x + 8, y: y, radius: 4.5, fill: Ink.good)
        case .expect: svg.line(x, y, x + 16, y, stroke: Ink.good, width: 2)
        case .abort: svg.line(x, y, x + 16, y, stroke: Ink.danger, width: 2)
        }
    }
}
