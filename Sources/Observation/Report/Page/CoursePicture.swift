// The course of a run as pictures on one axis of time:
//
//      phases        ▏calm▕ onset ▕  brownout            ▕ recovery ▕
//      faults                       ━━━ slow ━━━━━━━━━━━━━
//      service       requests/s, success, p50 and p99 (logarithmic), in flight: one small chart each
//
// Phases shade all charts below them, so that every curve can be read against what was played.

import Foundation
import Markup
import Units

/// Draws a RunCourse.
struct CoursePicture {
    private static let width = 960.0
    private static let left = 70.0
    private static let right = 945.0
    private static let chartHeight = 64.0

    private enum Ink {
        static let text = "#1b1f24"
        static let faint = "#656d76"
        static let rule = "#d0d7de"
        static let shade = "#f3f5f7"
        static let phase = "#dbe5f1"
        static let fault = "#c4540a"
        static let guarded = "#b3261e"
        static let first = "#1f5fa8"
        static let second = "#a3468c"
    }

    let course: RunCourse

    /// Phases and faults.
    var timeline: String {
        var svg = SVG(width: Self.width)
        var y = 4.0
        for row in Self.rows(course.phases) {
            row.forEach { draw($0, y, Ink.phase, Ink.text, &svg) }
            y += 24
        }
        for fault in Self.merged(course.faults) {
            svg.text(Self.short(fault.name, 11), x: 0, y: y + 13, size: 11, fill: Ink.fault, title: fault.name)
            for stretch in fault.stretches {
                let (start, end) = (x(stretch.start), x(stretch.end ?? course.length))
                svg.rectangle(x: start, y: y + 5, width: max(end - start, 2), height: 10, fill: Ink.fault)
            }
            y += 20
        }
        for mark in course.marks {
            svg.line(x(mark.start), 0, x(mark.start), y, stroke: Ink.guarded, width: 1.5, dash: "3 2")
            svg.text(mark.name, x: x(mark.start) + 3, y: y + 10, size: 10, fill: Ink.guarded)
        }
        drawAxis(at: y + (course.marks.isEmpty ? 0 : 12), &svg)
        return svg.element(title: "Phases and faults over time")
    }

    /// The charts of one service.
    func charts(of service: Int) -> String {
        var svg = SVG(width: Self.width)
        var y = 16.0
        let traffic = course.points.map { ($0, $0.services[service]) }
        draw(
            "requests/s",
            [
                Curve(
                    Ink.first,
                    traffic.map { point, one in
                        Double(one?.requests ?? 0) / max(point.end - point.start, 1e-3)
                    })
            ], .fromZero { $0.asRate }, &y, &svg)
        draw("success", [Curve(Ink.first, traffic.map { $0.1?.success })], .share, &y, &svg)
        draw(
            "duration",
            [
                Curve(Ink.first, traffic.map { $0.1?.quantile(0.5) }, name: "p50"),
                Curve(Ink.second, traffic.map { $0.1?.quantile(0.99) }, name: "p99"),
            ], .logarithmic, &y, &svg)
        draw(
            "in flight, most", [Curve(Ink.first, traffic.map { Double($0.1?.inFlight ?? 0) })],
            .fromZero { Int64($0.rounded()).grouped }, &y, &svg)
        drawAxis(at: y - 10, &svg)
        return svg.element(title: "Traffic of \(course.serviceNames[service]) over time")
    }

    // MARK: Time

    private func x(_ seconds: Double) -> Double {
        Self.left + (Self.right - Self.left) * min(seconds / max(course.length, 1e-3), 1)
    }

    private func drawAxis(at y: Double, _ svg: inout SVG) {
        svg.line(Self.left, y, Self.right, y, stroke: Ink.rule)
        for tick in 0...6 {
            let seconds = course.length * Double(tick) / 6
            let anchor: SVG.Anchor = tick == 0 ? .start : tick == 6 ? .end : .middle
            svg.line(x(seconds), y, x(seconds), y + 4, stroke: Ink.rule)
            svg.text(seconds.asSpan, x: x(seconds), y: y + 16, size: 11, anchor: anchor, fill: Ink.faint)
        }
        svg.grow(to: y + 20)
    }

    // MARK: Phases

    private func draw(_ stretch: RunCourse.Stretch, _ y: Double, _ fill: String, _ ink: String, _ svg: inout SVG) {
        let (start, end) = (x(stretch.start), x(stretch.end ?? course.length))
        svg.rectangle(
            x: start, y: y, width: max(end - start, 1), height: 20, fill: fill, stroke: "#ffffff", title: stretch.name)
        let letters = Int((end - start - 6) / 6.5)
        if letters >= 2 { svg.text(Self.short(stretch.name, letters), x: start + 4, y: y + 14, size: 11, fill: ink) }
    }

    /// Phases that are live together, on rows of their own.
    private static func rows(_ stretches: [RunCourse.Stretch]) -> [[RunCourse.Stretch]] {
        var rows: [[RunCourse.Stretch]] = []
        for stretch in stretches {
            let free = rows.firstIndex { ($0.last?.end ?? .infinity) <= stretch.start + 1e-6 }
            if let free { rows[free].append(stretch) } else { rows.append([stretch]) }
        }
        return rows
    }

    private static func merged(
        _ stretches: [RunCourse.Stretch]
    ) -> [(name: String, stretches: [RunCourse.Stretch])] {
        var order: [String] = []
        for stretch in stretches where !order.contains(stretch.name) { order.append(stretch.name) }
        return order.map { name in (name, stretches.filter { $0.name == name }) }
    }

    private static func short(_ text: String, _ letters: Int) -> String {
        text.count <= letters ? text : text.prefix(max(letters - 1, 0)) + "…"
    }

    // MARK: Charts

    /// nil: nothing was measured there.
    private struct Curve {
        let ink: String
        /// For the legend, where there is more than one.
        let name: String?
        let values: [Double?]

        init(_ ink: String, _ values: [Double?], name: String? = nil) {
            self.ink = ink
            self.name = name
            self.values = values
        }
    }

    private enum Scale {
        case fromZero((Double) -> String)
        case share
        /// Of seconds.
        case logarithmic
    }

    private func draw(_ title: String, _ curves: [Curve], _ scale: Scale, _ y: inout Double, _ svg: inout SVG) {
        shade(y, &svg)
        let (least, most, text) = Self.bounds(curves.flatMap { $0.values.compactMap { $0 } }, scale)
        let height = { (value: Double) in
            let place = Self.place(value, least, most, scale)
            return y + Self.chartHeight * (1 - min(max(place, 0), 1))
        }
        svg.text(title, x: Self.left, y: y - 4, size: 11, fill: Ink.text, weight: "bold")
        var legend = Self.left + Double(title.count) * 6.5 + 12
        for curve in curves where curve.name != nil {
            svg.line(legend, y - 8, legend + 14, y - 8, stroke: curve.ink, width: 2)
            svg.text(curve.name ?? "", x: legend + 18, y: y - 4, size: 11, fill: curve.ink)
            legend += 54
        }
        for (value, line) in [(most, y), (least, y + Self.chartHeight)] {
            svg.line(Self.left, line, Self.right, line, stroke: Ink.rule)
            svg.text(text(value), x: Self.left - 5, y: line + 4, size: 10, anchor: .end, fill: Ink.faint)
        }
        for curve in curves { draw(curve, height, &svg) }
        y += Self.chartHeight + 30
    }

    private func draw(_ curve: Curve, _ height: (Double) -> Double, _ svg: inout SVG) {
        var line: [(x: Double, y: Double)] = []
        for (point, value) in zip(course.points, curve.values) {
            guard let value else {
                finish(&line, curve.ink, &svg)
                continue
            }
            line.append((x((point.start + point.end) / 2), height(value)))
        }
        finish(&line, curve.ink, &svg)
    }

    private func finish(_ line: inout [(x: Double, y: Double)], _ ink: String, _ svg: inout SVG) {
        if line.count == 1 { svg.circle(x: line[0].x, y: line[0].y, radius: 1.5, fill: ink) }
        if line.count > 1 { svg.polyline(line, stroke: ink, width: 1.5) }
        line.removeAll()
    }

    /// Every other phase, so that one ends where another begins.
    private func shade(_ y: Double, _ svg: inout SVG) {
        for (index, phase) in course.phases.enumerated() where index.isMultiple(of: 2) {
            let (start, end) = (x(phase.start), x(phase.end ?? course.length))
            svg.rectangle(x: start, y: y, width: max(end - start, 1), height: Self.chartHeight, fill: Ink.shade)
        }
    }

    private static func bounds(
        _ values: [Double], _ scale: Scale
    ) -> (least: Double, most: Double, text: (Double) -> String) {
        switch scale {
        case .fromZero(let text): (0, max(values.max() ?? 1, 1e-9), text)
        case .share: (0, 1, \.asShare)
        case .logarithmic:
            (
                pow(10, log10(max(values.min() ?? 1e-3, 1e-6)).rounded(.down)),
                pow(10, log10(max(values.max() ?? 1, 1e-5)).rounded(.up)), \.asSpan
            )
        }
    }

    private static func place(_ value: Double, _ least: Double, _ most: Double, _ scale: Scale) -> Double {
        guard case .logarithmic = scale else { return (value - least) / (most - least) }
        return log(max(value, least) / least) / max(log(most / least), 1e-9)
    }
}
