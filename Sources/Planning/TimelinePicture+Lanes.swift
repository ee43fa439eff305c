// One lane of the picture: what an entry (or several of one name) does over time.

import Faults
import Markup
import Scenario
import Units

extension TimelinePicture {
    /// Points per stretch: waves and flaps must be visible, and the file must stay small.
    static let samplesPerPixel = 1.0

    mutating func drawLane(_ lane: Schedule.Lane, isOdd: Bool) {
        let (top, height) = (y + 6, Self.laneHeight - 14)
        if isOdd { svg.rectangle(x: 12, y: y, width: svg.width - 24, height: Self.laneHeight, fill: "#fafbfc") }
        drawLabel(lane, top: top)
        svg.line(Self.left, top + height, Self.right, top + height, stroke: Ink.faint)
        let peak = lane.peakShare
        svg.text(Figures.percentage(peak), x: Self.left - 6, y: top + 10, size: 11, anchor: .end, fill: Ink.soft)
        for placement in lane.placements where x(placement.end) > x(placement.start) {
            drawShare(placement, peak: peak, top: top, height: height)
            drawPart(placement, among: lane, top: top, height: height)
        }
        y += Self.laneHeight
    }

    private mutating func drawLabel(_ lane: Schedule.Lane, top: Double) {
        svg.text(
            Self.fitted(lane.name, 185, size: 12), x: 20, y: top + 10, weight: "600", title: lane.name)
        guard let entry = lane.placements.first?.entry else { return }
        let what = FaultWords.summary(entry)
        svg.text(
            Self.fitted(what, 222, size: 11), x: 20, y: top + 26, size: 11, fill: Ink.fault(entry.fault.name),
            title: what)
        if let when = entry.when {
            let text = "when \(when.text)"
            svg.text(Self.fitted(text, 222, size: 11), x: 20, y: top + 40, size: 11, fill: Ink.mark, title: text)
        }
    }

    /// The share as an area; a dashed top edge where a condition must hold as well.
    private mutating func drawShare(_ placement: Schedule.Placement, peak: Double, top: Double, height: Double) {
        let colour = Ink.fault(placement.entry.fault.name)
        let points = curve(placement) { time in
            top + height * (1 - (peak > 0 ? placement.share(at: time) / peak : 0))
        }
        guard let first = points.first, let last = points.last else { return }
        let title =
            "\(placement.entry.name), in \(placement.entry.phase): \(placement.start) to \(placement.end), "
            + FaultWords.summary(placement.entry)
        svg.polygon(
            [(first.x, top + height)] + points + [(last.x, top + height)], fill: colour, opacity: 0.3, title: title)
        svg.polyline(points, stroke: colour, width: 1.5, dash: placement.entry.when == nil ? nil : "4 3")
    }

    /// A moving attribute as a line, from zero to its own largest value, which is written beside it.
    private mutating func drawPart(
        _ placement: Schedule.Placement, among lane: Schedule.Lane, top: Double, height: Double
    ) {
        guard let part = MovingPart(placement.entry.fault) else { return }
        let values = (0...200).map {
            part.moving.value(at: placement.length * (Double($0) / 200), of: placement.length)
        }
        guard let least = values.min(), let most = values.max(), most > 0 else { return }
        let points = curve(placement) { time in
            top + height * (1 - max(0, part.moving.value(at: time, of: placement.length)) / most)
        }
        svg.polyline(points, stroke: Ink.text, width: 1.5)
        guard placement.start == lane.placements[0].start else { return }
        let label = "\(part.attribute) \(part.words(least)) to \(part.words(most))"
        svg.text(Self.fitted(label, 150, size: 10), x: Self.left - 6, y: top + height, size: 10, anchor: .end)
    }

    /// A sample per pixel, with both ends exactly at the edges; level stretches keep only their ends.
    private func curve(_ placement: Schedule.Placement, _ height: (TimeSpan) -> Double) -> [(x: Double, y: Double)] {
        let (start, end) = (x(placement.start), x(placement.end))
        let count = max(2, Int((end - start) * Self.samplesPerPixel))
        var points: [(x: Double, y: Double)] = []
        for index in 0...count {
            let fraction = Double(index) / Double(count)
            // Just before the end: a flap or wave must not begin anew there.
            let time = placement.length * min(fraction, 0.999_999)
            let point = (x: start + (end - start) * fraction, y: height(time))
            if points.count > 1, points[points.count - 1].y == point.y, points[points.count - 2].y == point.y {
                points[points.count - 1] = point
            } else {
                points.append(point)
            }
        }
        return points
    }
}

/// An entry in a few words.
enum FaultWords {
    static func summary(_ entry: FaultEntry) -> String {
        let audience: String =
            switch entry.services {
            case .all: "all services"
            case .named(let names): names.joined(separator: ", ")
            }
        let place = entry.zone ?? entry.endpoint.map(Figures.address)
        return entry.fault.name + " · " + audience + (place.map { " in \($0)" } ?? "")
    }
}
