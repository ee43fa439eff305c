// Conditions as text again: what is printed reads as what was meant, with brackets only where they are needed.

extension Condition: CustomStringConvertible {
    package var description: String {
        switch self {
        case .or(let terms): terms.map(\.description).joined(separator: " or ")
        case .and(let terms): terms.map { $0.isDisjunction ? "(\($0))" : "\($0)" }.joined(separator: " and ")
        case .not(let condition): condition.isJoined ? "not (\(condition))" : "not \(condition)"
        case .comparison(let comparison): comparison.description
        case .isDark(let zone): "\(Self.name(zone)) is dark"
        case .isOver(let phase): "\(Self.name(phase)) is over"
        case .backoff(let service, let kind, let jitter):
            "\(service).backoff is \(kind)" + (jitter.map { " with jitter >= \(Unit.percentage.text($0))" } ?? "")
        case .breakerOpens(let service, let within): "\(service).breaker opens within \(within)"
        }
    }

    private var isDisjunction: Bool {
        if case .or = self { true } else { false }
    }

    private var isJoined: Bool {
        switch self {
        case .and, .or: true
        default: false
        }
    }

    /// In quotes where a word of the language would be misread.
    fileprivate static func name(_ name: String) -> String {
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain = words.allSatisfy { word in
            !word.isEmpty && !["and", "or", "not", "is"].contains(word)
                && !word.unicodeScalars.contains {
                    $0.properties.isWhitespace || "()<>=!\"'".unicodeScalars.contains($0)
                }
        }
        return isPlain ? name : name.contains("\"") ? "'\(name)'" : "\"\(name)\""
    }
}

extension Comparison: CustomStringConvertible {
    package var description: String {
        let unit = metric.units[0] == .duration && metric.units.count > 1 && quantity == 0 ? .number : metric.units[0]
        var text = "\(metric) \(comparator.rawValue) \(unit.text(quantity))"
        if let window { text += " over \(window)" }
        if let connections { text += " on \(connections.rawValue) connections" }
        return text
    }
}

extension Metric: CustomStringConvertible {
    package var description: String {
        switch self {
        case .service(let service, let zone, let name): "\(service)\(zone.map { "@\($0)" } ?? "").\(name.rawValue)"
        case .injected(let name): "injected(\(Condition.name(name)))"
        case .loopLag: "loop_lag"
        }
    }
}
