// The little of SVG that our pictures need. Everything that comes from a file is escaped, control characters
// and what XML 1.0 forbids included: a picture is valid XML whatever a scenario is called.

import Foundation

/// An SVG document under construction, elements in painting order.
package struct SVG {
    package let width: Double
    package private(set) var height = 0.0
    private var elements: [String] = []

    package init(width: Double) {
        self.width = width
    }

    package mutating func grow(to height: Double) { self.height = max(self.height, height) }

    package mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String, stroke: String? = nil, title: String? = nil
    ) {
        let outline = stroke.map { #" stroke="\#($0)""# } ?? ""
        let box = #"x="\#(Self.number(x))" y="\#(Self.number(y))" width="\#(Self.number(width))""#
        add("rect", #"\#(box) height="\#(Self.number(height))" fill="\#(fill)"\#(outline)"#, title)
    }

    package mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1, dash: String? = nil
    ) {
        let dashes = dash.map { #" stroke-dasharray="\#($0)""# } ?? ""
        let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)].map { #"\#($0)="\#(Self.number($1))""# }
        add("line", #"\#(ends.joined(separator: " ")) stroke="\#(stroke)" stroke-width="\#(width)"\#(dashes)"#, nil)
    }

    package mutating func polygon(
        _ points: [(x: Double, y: Double)], fill: String, opacity: Double = 1, title: String? = nil
    ) {
        let shade = opacity == 1 ? "" : #" fill-opacity="\#(opacity)""#
        add("polygon", #"points="\#(Self.list(points))" fill="\#(fill)"\#(shade)"#, title)
    }

    package mutating func polyline(
        _ points: [(x: Double, y: Double)], stroke: String, width: Double, dash: String? = nil
    ) {
        let dashes = dash.map { #" stroke-dasharray="\#($0)""# } ?? ""
        let style = #"fill="none" stroke="\#(stroke)" stroke-width="\#(width)" stroke-linejoin="round"\#(dashes)"#
        add("polyline", #"points="\#(Self.list(points))" \#(style)"#, nil)
    }

    package mutating func circle(x: Double, y: Double, radius: Double, fill: String) {
        add(
            "circle", #"cx="\#(Self.number(x))" cy="\#(Self.number(y))" r="\#(Self.number(radius))" fill="\#(fill)""#,
            nil)
    }

    package enum Anchor: String { case start, middle, end }

    /// `title` is shown on hovering: the whole of what `text` may show cut.
    package mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 12, anchor: Anchor = .start, fill: String = "#1b1f24",
        weight: String? = nil, turn: Double? = nil, title: String? = nil
    ) {
        var style = #"x="\#(Self.number(x))" y="\#(Self.number(y))" font-size="\#(Self.number(size))" fill="\#(fill)""#
        if anchor != .start { style += #" text-anchor="\#(anchor.rawValue)""# }
        if let weight { style += #" font-weight="\#(weight)""# }
        if let turn { style += #" transform="rotate(\#(Self.number(turn)) \#(Self.number(x)) \#(Self.number(y)))""# }
        elements.append("<text \(style)>\(Self.titled(title))\(Markup.escaped(text))</text>")
    }

    /// As an element of an HTML page, as wide as there is room.
    package func element(title: String) -> String {
        let box = #"viewBox="0 0 \#(Self.number(width)) \#(Self.number(height))""#
        let head = #"<svg xmlns="http://www.w3.org/2000/svg" \#(box) role="img">"#
        return ([head, "<title>\(Markup.escaped(title))</title>"] + elements + ["</svg>"]).joined(separator: "\n")
    }

    /// The whole document.
    package func document(title: String, description: String) -> String {
        let size = #"width="\#(Self.number(width))" height="\#(Self.number(height))""#
        let box = #"viewBox="0 0 \#(Self.number(width)) \#(Self.number(height))""#
        let font = #"font-family="Inter, Helvetica, Arial, DejaVu Sans, sans-serif""#
        let head = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) role="img" \(font)>
            <title>\(Markup.escaped(title))</title>
            <desc>\(Markup.escaped(description))</desc>
            <rect width="100%" height="100%" fill="#ffffff"/>
            """
        return ([head] + elements + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private mutating func add(_ name: String, _ attributes: String, _ title: String?) {
        elements.append(
            title == nil ? "<\(name) \(attributes)/>" : "<\(name) \(attributes)>\(Self.titled(title))</\(name)>")
    }

    private static func titled(_ title: String?) -> String {
        title.map { "<title>\(Markup.escaped($0))</title>" } ?? ""
    }

    private static func list(_ points: [(x: Double, y: Double)]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    /// Two decimals at most: enough for a pixel, and the same on every machine.
    package static func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(format: "%.0f", rounded) : "\(rounded)"
    }
}
