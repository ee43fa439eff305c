// Plain values: text, words, numbers, switches, and quantities that do not move.

import Units

extension Decoding {
    func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = node.text, !node.isEmpty else {
            error(node, "\(what) must be text, and is \(node.kind)")
            return nil
        }
        return text
    }

    func word<Word: CaseIterable & RawRepresentable>(_ node: YAMLNode, _ what: String) -> Word?
    where Word.RawValue == String {
        word(node, what, among: Word.allCases.map(\.rawValue)).flatMap(Word.init)
    }

    func word(_ node: YAMLNode, _ what: String, among words: [String]) -> String? {
        guard let text = text(node, what) else { return nil }
        if words.contains(text) { return text }
        error(
            node, "\(what) cannot be \"\(text)\"",
            help: Suggestion.help(for: text, among: words, of: "it is one of"))
        return nil
    }

    func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        guard let text = text(node, what) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            let meant = ["yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"]
            error(
                node, "\(what) is true or false, and not \"\(text)\"",
                help: meant[text.lowercased()].map { "did you mean \"\($0)\"?" })
            return nil
        }
    }

    func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node, what) else { return nil }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(text)
        else {
            error(node, "\(what) must be a whole number, and is \"\(text)\"")
            return nil
        }
        guard range.contains(number) else {
            let bound = number < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
            error(node, "\(what) must be \(bound)")
            return nil
        }
        return number
    }

    func duration(_ node: YAMLNode, _ what: String, atLeast least: TimeSpan = .zero) -> TimeSpan? {
        guard let span = quantity(node, what, { text throws(QuantityError) in try TimeSpan(text: text) }) else {
            return nil
        }
        guard span >= least else {
            error(node, "\(what) must be at least \(least)")
            return nil
        }
        return span
    }

    /// A share that does not move.
    func percentage(_ node: YAMLNode, _ what: String) -> Double? {
        guard let share = quantity(node, what, { text throws(QuantityError) in try Percentage(text: text) }) else {
            return nil
        }
        guard share.fraction <= 1 else {
            error(node, "\(what) cannot exceed 100%")
            return nil
        }
        return share.fraction
    }

    func byteCount(_ node: YAMLNode, _ what: String) -> Int64? {
        quantity(node, what) { text throws(QuantityError) in try ByteCount(text: text) }?.bytes
    }

    private func quantity<Value>(
        _ node: YAMLNode, _ what: String, _ read: (String) throws(QuantityError) -> Value
    ) -> Value? {
        guard let text = text(node, what) else { return nil }
        do {
            return try read(text)
        } catch {
            report(error, node, part: text, what)
            return nil
        }
    }

    func report(_ problem: QuantityError, _ node: YAMLNode, part: String, _ what: String) {
        error(
            node, part: part, "\(what): \(problem.message)", help: problem.suggestion.map { "did you mean \($0)?" })
    }

    /// The items of a list; a single value is a list of one.
    func oneOrMore(_ node: YAMLNode) -> [YAMLNode] { node.items ?? [node] }

    func list(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
        guard let items = node.items else {
            error(node, "\(what) must be a list, and is \(node.kind)")
            return []
        }
        return items
    }
}
