// Places where YAML surprises people, and what to tell them: unquoted stars, IPv6 addresses, anchors, tabs.

/// A known way to stumble, found in a file.
struct YAMLTrap {
    let position: Position
    let message: String
    let text: String
    let help: String

    /// What a plain scalar that begins with an indicator wants to hear.
    static func indicator(_ mask: Mask, _ text: String) -> (message: String, help: String) {
        let quoted = "write it in quotes: \"\(text)\""
        switch mask {
        case .alias where text.dropFirst().allSatisfy({ "*/.-_".contains($0) }) || text.contains("/"):
            return ("\(text) needs quotes: YAML takes a leading * for an alias", quoted)
        case .alias: return ("aliases are not part of the language: \(text)", "write the value out, or \(quoted)")
        case .anchor: return ("anchors are not part of the language: \(text)", "write the value out where it is used")
        case .tag: return ("tags are not part of the language: \(text)", "leave the tag out, or \(quoted)")
        case .explicitKey: return ("\(text) needs quotes: YAML takes a leading ? for a key", quoted)
        case .surrogate: return ("\(text) is an escape outside of quotes", quoted)
        }
    }

    /// A trap on the line of a syntax error or on the one before it.
    static func near(_ position: Position, in source: SourceText) -> YAMLTrap? {
        for line in [position.line, position.line - 1] {
            let trap = address(in: source, line: line) ?? explicitKey(in: source, line: line)
            if let trap = trap ?? indicator(in: source, line: line) { return trap }
        }
        return nil
    }

    /// `[::1]:9001` without quotes.
    static func address(in source: SourceText, line: Int) -> YAMLTrap? {
        guard let scalars = source.line(line).map({ Array($0) }) else { return nil }
        for start in scalars.indices where scalars[start] == "[" && !isQuoted(scalars, start) {
            guard let end = scalars[start...].firstIndex(of: "]"), end > start + 1, end + 1 < scalars.count,
                scalars[end + 1] == ":", scalars[(start + 1)..<end].contains(":"),
                scalars[(start + 1)..<end].allSatisfy({ $0 == ":" || $0 == "." || $0.properties.isHexDigit })
            else { continue }
            let digits = scalars[(end + 2)...].prefix { ("0"..."9").contains($0) }
            let text = String(String.UnicodeScalarView(scalars[start...(end + 1)] + digits))
            return YAMLTrap(
                position: Position(line: line, column: start + 1),
                message: "\(text) needs quotes: YAML takes [ for a list",
                text: text, help: "write \"\(text)\"")
        }
        return nil
    }

    /// A key that is announced by `? `.
    private static func explicitKey(in source: SourceText, line: Int) -> YAMLTrap? {
        guard let scalars = source.line(line), let start = scalars.firstIndex(where: { $0 != " " }),
            scalars[start] == "?",
            start + 1 == scalars.endIndex || scalars[start + 1] == " "
        else { return nil }
        return YAMLTrap(
            position: Position(line: line, column: start - scalars.startIndex + 1),
            message: "`? ` keys are not part of the language", text: "?", help: "write `key: value`")
    }

    /// An anchor, alias or tag where a value may begin.
    private static func indicator(in source: SourceText, line: Int) -> YAMLTrap? {
        guard let scalars = source.line(line).map({ Array($0) }) else { return nil }
        for start in scalars.indices where start + 1 < scalars.count {
            guard let mask = Mask(of: scalars[start]), mask != .explicitKey, !isQuoted(scalars, start),
                start == 0 || " [{,".unicodeScalars.contains(scalars[start - 1]),
                !scalars[start + 1].properties.isWhitespace
            else { continue }
            let word = scalars[start...].prefix { !" ,]}".unicodeScalars.contains($0) }
            let text = String(String.UnicodeScalarView(word))
            let (message, help) = indicator(mask, text)
            return YAMLTrap(
                position: Position(line: line, column: start + 1), message: message, text: text, help: help)
        }
        return nil
    }

    /// Whether an odd number of quotes stands before `index`: good enough for a hint.
    private static func isQuoted(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let quotes = scalars[..<index].filter { $0 == "\"" || $0 == "'" }
        return quotes.count % 2 == 1
    }

    /// Help for a syntax error of the parser.
    static func advice(on problem: String, _ position: Position, _ source: SourceText) -> String? {
        let line = source.line(position.line)
        let beginning = line?.prefix { $0.properties.isWhitespace }
        if beginning?.contains("\t") == true { return "indent with spaces: YAML does not allow tabs" }
        if problem.contains("cannot start any token") { return "a value that begins with @, ` or % needs quotes" }
        if problem.contains("mapping values are not allowed") {
            return "look at the indentation, and write values that contain \": \" in quotes"
        }
        return nil
    }
}
