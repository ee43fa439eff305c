// The words of a condition: words, quoted names, comparison operators and brackets, each with its place.

struct ConditionToken {
    enum Kind: Equatable {
        case word
        case quoted
        case comparator(Comparison.Operator)
        case open, close, end
    }

    let kind: Kind
    let text: String
    /// In Unicode scalars from the beginning.
    let offset: Int

    /// For messages.
    var name: String { kind == .end ? "the end" : "\"\(text)\"" }

    /// All tokens and an `end`.
    static func tokens(of text: String) throws(ConditionError) -> [ConditionToken] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [ConditionToken] = []
        var index = 0
        while index < scalars.count {
            if scalars[index].properties.isWhitespace {
                index += 1
                continue
            }
            let token = try token(scalars, at: index)
            tokens.append(token)
            index += token.text.unicodeScalars.count + (token.kind == .quoted ? 2 : 0)
        }
        return tokens + [ConditionToken(kind: .end, text: "", offset: scalars.count)]
    }

    private static func token(_ scalars: [Unicode.Scalar], at index: Int) throws(ConditionError) -> ConditionToken {
        switch scalars[index] {
        case "(": return ConditionToken(kind: .open, text: "(", offset: index)
        case ")": return ConditionToken(kind: .close, text: ")", offset: index)
        case "\"", "'": return try quoted(scalars, at: index)
        case "<", ">", "=", "!": return try comparator(scalars, at: index)
        default:
            let word = scalars[index...].prefix {
                !$0.properties.isWhitespace && !"()<>=!\"'".unicodeScalars.contains($0)
            }
            return ConditionToken(kind: .word, text: text(word), offset: index)
        }
    }

    private static func quoted(_ scalars: [Unicode.Scalar], at index: Int) throws(ConditionError) -> ConditionToken {
        let content = scalars[(index + 1)...].prefix { $0 != scalars[index] }
        guard content.endIndex < scalars.count else {
            throw ConditionError(message: "the quote is never closed", help: nil, offset: index, offending: "\"")
        }
        return ConditionToken(kind: .quoted, text: text(content), offset: index)
    }

    private static func comparator(_ scalars: [Unicode.Scalar], at index: Int) throws(ConditionError) -> ConditionToken
    {
        let found = text(scalars[index...].prefix { "<>=!".unicodeScalars.contains($0) })
        if let comparator = Comparison.Operator(rawValue: found) {
            return ConditionToken(kind: .comparator(comparator), text: found, offset: index)
        }
        let meant = ["=": "==", "=>": ">=", "=<": "<=", "===": "=="][found]
        throw ConditionError(
            message: "\"\(found)\" is not a comparison",
            help: meant.map { "did you mean \"\($0)\"?" } ?? "write <=, <, >=, > or ==",
            offset: index, offending: found)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
