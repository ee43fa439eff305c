// From text to a tree of nodes. The parser is Yams, composing with the basic resolver: no scalar is anything but text.
//
//     text ── size, depth ──► masked ── Yams ──► its nodes ── unmask, check keys ──► YAMLNode
//
// Syntax errors and duplicate keys stop here, at the first; they are put in words of ours where people stumble often.

import Yams

/// Reads one YAML (or JSON) document.
struct YAMLReader {
    let source: SourceText
    /// Where problems go: position, message, offending text, help.
    let report: (Position, String, String, String?) -> Void
    /// Whether reporting more is in vain.
    let isFull: () -> Bool

    /// The document's root; nil after a problem that was reported, or when the file is empty (`isEmpty` tells).
    func root() -> YAMLNode? {
        guard isWithinLimits() else { return nil }
        do {
            let parser = try Parser(yaml: Mask.masked(source.text), resolver: .basic, encoding: .utf8)
            guard let node = try parser.singleRoot() else {
                report(Position(line: 1, column: 1), "the file is empty", "", "a scenario begins with `brownout: 1`")
                return nil
            }
            return convert(node)
        } catch {
            report(error)
            return nil
        }
    }

    private func convert(_ node: Node) -> YAMLNode? {
        if isFull() { return nil }
        return switch node {
        case .scalar(let scalar): converted(scalar, at: position(node))
        case .sequence(let sequence):
            YAMLNode(content: .list(sequence.compactMap { convert($0) }), position: position(node))
        case .mapping(let mapping):
            YAMLNode(content: .mapping(mapping.compactMap { pair($0.key, $0.value) }), position: position(node))
        case .alias: nil
        }
    }

    private func converted(_ scalar: Node.Scalar, at position: Position) -> YAMLNode {
        let isPlain = scalar.style == .plain || scalar.style == .any
        let text = Mask.unmasked(scalar.string, isDoubleQuoted: scalar.style == .doubleQuoted)
        if isPlain, let mask = Mask.leading(scalar.string) { refuse(mask, text, position) }
        return YAMLNode(content: .scalar(.init(text: text, isPlain: isPlain)), position: position)
    }

    private func pair(_ key: Node, _ value: Node) -> YAMLPair? {
        let position = position(key)
        guard case .scalar(let scalar) = key else {
            let special = YAMLTrap.address(in: source, line: position.line)
            report(
                special?.position ?? position, special?.message ?? "a key must be a single word", special?.text ?? "",
                special?.help)
            return nil
        }
        let name = converted(scalar, at: position)
        guard let value = convert(value) else { return nil }
        return YAMLPair(key: name.text ?? "", position: position, value: value)
    }

    private func refuse(_ mask: Mask, _ text: String, _ position: Position) {
        let trap = YAMLTrap.indicator(mask, text)
        report(position, trap.message, text, trap.help)
    }

    private func position(_ node: Node) -> Position {
        Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}

// MARK: - Limits

extension YAMLReader {
    /// Deepest nesting of flow collections, and of blocks by their columns.
    private static let deepest = 32
    private static let widestIndent = 200
    /// Nesting times size: what the check for duplicate keys may cost.
    private static let mostWork = 8 * SourceText.longest

    private func isWithinLimits() -> Bool {
        let size = source.text.utf8.count
        guard size <= SourceText.longest else {
            report(Position(line: 1, column: 1), "the file has \(size) bytes, more than 1MiB", "", nil)
            return false
        }
        if let offset = Array(source.text.unicodeScalars).firstIndex(where: { Mask(rawValue: $0.value) != nil }) {
            report(source.position(ofScalar: offset), "a private character has no place in a scenario", "", nil)
            return false
        }
        return isShallow(size)
    }

    /// Counts brackets wherever they stand, strings included: that can only find more depth than there is.
    private func isShallow(_ size: Int) -> Bool {
        var (depth, deepest, indent, atStart, offset) = (0, 0, 0, true, 0)
        for scalar in source.text.unicodeScalars {
            switch scalar {
            case "\n": (indent, atStart) = (0, true)
            case " ", "-", ":", "\t": indent += atStart ? 1 : 0
            case "[", "{": (depth, atStart) = (depth + 1, false)
            case "]", "}": (depth, atStart) = (max(0, depth - 1), false)
            default: atStart = false
            }
            deepest = max(deepest, depth)
            if deepest > Self.deepest || indent > Self.widestIndent || deepest * size > Self.mostWork {
                report(source.position(ofScalar: offset), "nested too deeply", "", "at most \(Self.deepest) levels")
                return false
            }
            offset += 1
        }
        return true
    }
}

// MARK: - Syntax errors

extension YAMLReader {
    private func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            reportSyntax(problem, context, Position(line: mark.line, column: mark.column))
        case .composer(_, let problem, let mark, _):
            let isSecond = problem.contains("another document")
            report(
                Position(line: mark.line, column: mark.column),
                isSecond ? "a second document begins here; a file holds one" : "not YAML: \(problem)", "", nil)
        case .reader(let problem, let offset, _, _):
            report(source.position(ofScalar: offset ?? 0), "not YAML: \(problem)", "", "the file must be UTF-8 text")
        case .duplicatedKeysInMapping(let keys, let context):
            let key = Mask.unmasked(keys.first ?? "", isDoubleQuoted: false)
            report(
                Position(line: context.mark.line, column: context.mark.column), "\"\(key)\" is written twice", key,
                "this is the first; one mapping cannot have a key twice")
        case .memory: report(Position(line: 1, column: 1), "nested too deeply", "", nil)
        default: report(Position(line: 1, column: 1), "not YAML: \(error)", "", nil)
        }
    }

    private func reportSyntax(_ problem: String, _ context: YamlError.Context?, _ position: Position) {
        if let trap = YAMLTrap.near(position, in: source) {
            report(trap.position, trap.message, trap.text, trap.help)
            return
        }
        let where_ = context.map { " (\($0.text), from line \($0.mark.line))" } ?? ""
        report(position, "not YAML: \(problem)\(where_)", "", YAMLTrap.advice(on: problem, position, source))
    }
}
