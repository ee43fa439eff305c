// A file's text by lines, for positions and excerpts, and the form of it that the YAML parser may see.
//
// The parser must never meet an anchor, an alias, a tag or an explicit key: a few hundred bytes of aliases cost it
// seconds each level. Looking for them beforehand means to know YAML's contexts as well as the parser does, so we turn it
// round: every `& * ! ?` becomes a private character before parsing. The parser then takes what would have been an
// indicator for the beginning of a plain scalar, and the scalar tells us (YAMLReader). Surrogate pairs of JSON, which
// the parser refuses, travel the same way. Each mask is one character, so columns stay what they were.

/// The text of one file.
struct SourceText {
    /// Most bytes of a file.
    static let longest = 1_048_576

    let text: String
    /// Slices of one array: every place of a line is reached in O(1), also where the file is a single line.
    private let lines: [ArraySlice<Unicode.Scalar>]

    init(_ text: String) {
        self.text = text
        lines = Array(text.unicodeScalars).split(omittingEmptySubsequences: false) { $0 == "\n" }.map { line in
            line.last == "\r" ? line.dropLast() : line
        }
    }

    /// The line at `number`, counted from 1.
    func line(_ number: Int) -> ArraySlice<Unicode.Scalar>? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }

    /// The line at `position` cut to what a terminal shows, and the place of the caret in it.
    func excerpt(at position: Position) -> (text: String, caret: Int) {
        guard let line = line(position.line) else { return ("", 0) }
        let column = max(0, position.column - 1)
        let start = column > 80 ? column - 40 : 0
        let window = line.dropFirst(start).prefix(110).map { $0.properties.isWhitespace ? " " : $0 } as [Unicode.Scalar]
        return (String(String.UnicodeScalarView(window)), column - start)
    }

    /// Whether exactly `text` stands at `position`.
    func has(_ text: String, at position: Position) -> Bool {
        guard let line = line(position.line) else { return false }
        return line.dropFirst(position.column - 1).starts(with: text.unicodeScalars)
    }

    /// The position of the scalar at `offset`, counted from the beginning of the text.
    func position(ofScalar offset: Int) -> Position {
        var rest = offset
        for (index, line) in lines.enumerated() {
            if rest <= line.count { return Position(line: index + 1, column: rest + 1) }
            rest -= line.count + 1
        }
        return Position(line: max(1, lines.count), column: 1)
    }
}

/// Private characters that stand for what the parser must not see.
enum Mask: UInt32, CaseIterable {
    case anchor = 0x10FFF0
    case alias = 0x10FFF1
    case tag = 0x10FFF2
    case explicitKey = 0x10FFF3
    /// The backslash of an escape that is half of a surrogate pair.
    case surrogate = 0x10FFF4

    var scalar: Unicode.Scalar { Unicode.Scalar(rawValue) ?? "?" }

    /// What it stands for.
    var original: Unicode.Scalar {
        switch self {
        case .anchor: "&"
        case .alias: "*"
        case .tag: "!"
        case .explicitKey: "?"
        case .surrogate: "\\"
        }
    }

    init?(of scalar: Unicode.Scalar) {
        switch scalar {
        case "&": self = .anchor
        case "*": self = .alias
        case "!": self = .tag
        case "?": self = .explicitKey
        default: return nil
        }
    }

    /// `text` as the parser may see it; O(n).
    static func masked(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        for index in scalars.indices {
            if let mask = Mask(of: scalars[index]) { scalars[index] = mask.scalar }
        }
        SurrogatePair.mask(&scalars)
        return String(String.UnicodeScalarView(scalars))
    }

    /// A scalar of the parsed file as it was meant.
    static func unmasked(_ text: String, isDoubleQuoted: Bool) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= anchor.rawValue }) else { return text }
        var scalars = Array(text.unicodeScalars)
        if isDoubleQuoted { SurrogatePair.join(&scalars) }
        for index in scalars.indices {
            if let mask = Mask(rawValue: scalars[index].value) { scalars[index] = mask.original }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The indicator that a plain scalar would have begun with.
    static func leading(_ text: String) -> Mask? {
        text.unicodeScalars.first.flatMap { Mask(rawValue: $0.value) }
    }
}

/// `\ud83d\ude00`: how JSON writes a character beyond 16 bits.
enum SurrogatePair {
    private static let length = 12

    /// Masks both backslashes of each pair.
    static func mask(_ scalars: inout [Unicode.Scalar]) {
        var index = 0
        while let slash = scalars[index...].firstIndex(of: "\\") {
            let isPair = value(scalars, at: slash, lead: "\\") != nil
            if isPair { (scalars[slash], scalars[slash + 6]) = (Mask.surrogate.scalar, Mask.surrogate.scalar) }
            index = min(slash + (isPair ? length : 2), scalars.count)
        }
    }

    /// Puts the character itself in place of each masked pair.
    static func join(_ scalars: inout [Unicode.Scalar]) {
        var joined: [Unicode.Scalar] = []
        var index = 0
        while index < scalars.count {
            if let character = value(scalars, at: index, lead: Mask.surrogate.scalar) {
                joined.append(character)
                index += length
            } else {
                joined.append(scalars[index])
                index += 1
            }
        }
        scalars = joined
    }

    private static func value(_ scalars: [Unicode.Scalar], at index: Int, lead: Unicode.Scalar) -> Unicode.Scalar? {
        guard let high = half(scalars, at: index, lead: lead), (0xD800..<0xDC00).contains(high),
            let low = half(scalars, at: index + 6, lead: lead), (0xDC00..<0xE000).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private static func half(_ scalars: [Unicode.Scalar], at index: Int, lead: Unicode.Scalar) -> UInt32? {
        guard index + 6 <= scalars.count, scalars[index] == lead, scalars[index + 1] == "u" else { return nil }
        let digits = String(String.UnicodeScalarView(scalars[(index + 2)..<(index + 6)]))
        return digits.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
            ? UInt32(digits, radix: 16) : nil
    }
}
