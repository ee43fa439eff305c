// Columns of text in a given width: each as wide as its widest cell; when that is too much, the columns that may shrink
// give way, the widest first.

/// A table of text.
package struct TextTable {
    package struct Column {
        let title: String
        var isRightAligned: Bool
        /// The least width, for a column that may shrink.
        var leastWidth: Int?

        package init(title: String, isRightAligned: Bool = false, leastWidth: Int? = nil) {
            self.title = title
            self.isRightAligned = isRightAligned
            self.leastWidth = leastWidth
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []
    private static let gap = 2

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Title line first; no line ends in spaces.
    package func lines(width: Int, indent: Int) -> [String] {
        let widths = widths(within: width - indent)
        let margin = String(repeating: " ", count: indent)
        return ([columns.map(\.title)] + rows).map { cells in
            let padded = cells.indices.map { pad(cells[$0], to: widths[$0], columns[$0].isRightAligned) }
            return (margin + padded.joined(separator: String(repeating: " ", count: Self.gap))).trimmedRight
        }
    }

    private func widths(within width: Int) -> [Int] {
        var widths = columns.indices.map { column in
            ([columns[column].title] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        let gaps = Self.gap * (columns.count - 1)
        while widths.reduce(gaps, +) > width {
            let shrinkable = columns.indices.filter { widths[$0] > columns[$0].leastWidth ?? .max }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func pad(_ text: String, to width: Int, _ isRightAligned: Bool) -> String {
        let cut = text.cut(to: width)
        let padding = String(repeating: " ", count: width - cut.count)
        return isRightAligned ? padding + cut : cut + padding
    }
}

extension String {
    /// At most `width` characters, the last one an ellipsis when something is left out.
    package func cut(to width: Int) -> String {
        count <= width ? self : String(prefix(max(width - 1, 0))) + "…"
    }

    var trimmedRight: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Lines of at most `width` characters, broken at spaces; further ones indented by `hang`.
    func wrapped(width: Int, hang: Int) -> [String] {
        var lines: [String] = []
        var line = String(prefix { $0 == " " })
        var isFresh = true
        for word in split(separator: " ") {
            if !isFresh && line.count + 1 + word.count > width {
                lines.append(line)
                (line, isFresh) = (String(repeating: " ", count: hang), true)
            }
            line += (isFresh ? "" : " ") + word
            isFresh = false
        }
        return (lines + [line]).map { $0.cut(to: width) }
    }
}
