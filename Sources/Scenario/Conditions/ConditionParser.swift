// The condition language, read by recursive descent (SCENARIO-LANGUAGE.md, "Conditions"):
//
//     condition  = term { ("and" | "or") term }            `and` binds tighter
//     term       = "not" term | "(" condition ")" | comparison | state
//     comparison = metric operator quantity ["over" duration] ["on" ("new" | "reused") "connections"]
//     state      = NAME "is dark" | NAME "is over" | service ".backoff is" …  | service ".breaker opens within" …
//
// Names of phases and entries may have blanks: a state's name is all words up to `is`. A name that contains a word of
// the language stands in quotes. Errors carry the place inside of the text.

import Units

/// A mistake in a condition.
package struct ConditionError: Error, Sendable, Hashable {
    package let message: String
    package let help: String?
    /// Where it is, in Unicode scalars from the beginning, and the text there.
    package let offset: Int
    package let offending: String
}

extension Condition {
    /// Reads a condition.
    package static func parse(_ text: String) throws(ConditionError) -> Condition {
        guard text.utf8.count <= ConditionParser.longest else {
            throw ConditionError(message: "a condition has at most 4KiB", help: nil, offset: 0, offending: "")
        }
        var parser = ConditionParser(tokens: try ConditionToken.tokens(of: text))
        return try parser.whole()
    }
}

struct ConditionParser {
    static let longest = 4_096
    private static let deepest = 32

    private let tokens: [ConditionToken]
    private var index = 0
    private var depth = 0

    init(tokens: [ConditionToken]) {
        self.tokens = tokens
    }

    mutating func whole() throws(ConditionError) -> Condition {
        let condition = try disjunction()
        guard current.kind == .end else {
            throw failure("unexpected \(current.name)", help: "conditions are joined by `and` and `or`")
        }
        return condition
    }

    private mutating func disjunction() throws(ConditionError) -> Condition {
        var terms = [try conjunction()]
        while take("or") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .or(terms)
    }

    private mutating func conjunction() throws(ConditionError) -> Condition {
        var terms = [try term()]
        while take("and") { terms.append(try term()) }
        return terms.count == 1 ? terms[0] : .and(terms)
    }

    private mutating func term() throws(ConditionError) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("nested too deeply") }
        if take("not") { return .not(try term()) }
        guard current.kind == .open else { return try simple() }
        index += 1
        let condition = try disjunction()
        guard current.kind == .close else { throw failure("expected ) and found \(current.name)") }
        index += 1
        return condition
    }

    /// A comparison or a state; which, is told by what follows the first words.
    private mutating func simple() throws(ConditionError) -> Condition {
        if isWord("injected"), tokens[index + 1].kind == .open { return try comparison(of: injected()) }
        let subject = current
        guard subject.kind == .word || subject.kind == .quoted else {
            throw failure("expected a condition and found \(current.name)", help: Self.example)
        }
        if case .comparator = tokens[index + 1].kind { return try comparison(of: metric()) }
        if subject.kind == .word, let service = subject.text.service(before: ".backoff") { return try backoff(service) }
        if subject.kind == .word, let service = subject.text.service(before: ".breaker") { return try breaker(service) }
        return try state()
    }

    static let example = "for example: payments.success >= 95% over 30s, az-a is dark, injected(NAME) >= 1"
}

// MARK: - Comparisons

extension ConditionParser {
    private mutating func comparison(of metric: Metric) throws(ConditionError) -> Condition {
        guard case .comparator(let comparator) = current.kind else {
            throw failure("expected <=, <, >=, > or == and found \(current.name)")
        }
        index += 1
        let quantity = try quantity(of: metric)
        let window = take("over") ? try duration() : nil
        let connections = take("on") ? try age() : nil
        if connections != nil, isWord("over") { throw failure("`over` comes before `on`") }
        return .comparison(
            Comparison(
                metric: metric, comparator: comparator, quantity: quantity, window: window, connections: connections))
    }

    private mutating func injected() throws(ConditionError) -> Metric {
        index += 2
        let name = try name(until: .close, "an entry or a phase")
        index += 1
        return .injected(name)
    }

    /// `payments@az-a.p99` or `loop_lag`.
    private mutating func metric() throws(ConditionError) -> Metric {
        let token = current
        if token.text == "loop_lag" {
            index += 1
            return .loopLag
        }
        guard let dot = token.text.firstIndex(of: "."), dot != token.text.startIndex else {
            throw failure("\(token.name) is not a metric", help: "write SERVICE.NAME, as in payments.p99")
        }
        let subject = token.text[..<dot].split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        let name = String(token.text[token.text.index(after: dot)...])
        guard subject.count <= 2, subject.allSatisfy({ !$0.isEmpty }) else {
            throw failure("\(token.name) is not a metric", help: "write SERVICE@ZONE.NAME, as in payments@az-a.p99")
        }
        guard let metric = MetricName(rawValue: name) else {
            let names = MetricName.allCases.map(\.rawValue)
            throw failure(
                "there is no metric `\(name)`", part: name,
                help: Suggestion.help(for: name, among: names, of: "metrics"))
        }
        index += 1
        return .service(subject[0], zone: subject.count == 2 ? subject[1] : nil, metric)
    }

    private mutating func quantity(of metric: Metric) throws(ConditionError) -> Double {
        let text = current.text
        guard current.kind == .word else { throw failure("expected a value and found \(current.name)") }
        var first: QuantityError?
        for unit in metric.units {
            do {
                let value = try unit.read(text)
                index += 1
                return value
            } catch {
                first = first ?? error
            }
        }
        throw failure(first?.message ?? "not a value", help: first?.suggestion.map { "did you mean \($0)?" })
    }

    private mutating func duration() throws(ConditionError) -> TimeSpan {
        do {
            let span = try TimeSpan(text: current.text)
            guard span > .zero else { throw failure("a window must be longer than 0s") }
            index += 1
            return span
        } catch let error as QuantityError {
            throw failure(error.message, help: error.suggestion.map { "did you mean \($0)?" })
        } catch let error as ConditionError {
            throw error
        } catch {
            throw failure("not a duration")
        }
    }

    private mutating func age() throws(ConditionError) -> Comparison.ConnectionAge {
        guard let age = Comparison.ConnectionAge(rawValue: current.text) else {
            throw failure("expected `on new connections` or `on reused connections`")
        }
        index += 1
        guard take("connections") else { throw failure("expected `connections` and found \(current.name)") }
        return age
    }
}

// MARK: - States

extension ConditionParser {
    private mutating func state() throws(ConditionError) -> Condition {
        let start = index
        let name = try name(until: .word, "a zone or a phase")
        index += 1
        if take("dark") { return .isDark(zone: name) }
        if take("over") { return .isOver(phase: name) }
        let found = current
        index = found.kind == .end ? start : index
        throw failure(
            "expected `is dark` or `is over`",
            help: Suggestion.nearest(to: found.text, among: ["dark", "over"])
                .map { "did you mean \"\($0)\"?" } ?? Self.example)
    }

    /// All words up to `is`, or up to `)`.
    private mutating func name(until end: ConditionToken.Kind, _ what: String) throws(ConditionError) -> String {
        let start = index
        while current.kind == .quoted || (current.kind == .word && !(end == .word && isWord("is"))) {
            if end == .word, Self.reserved.contains(current.text), current.kind == .word { break }
            index += 1
        }
        let isAtEnd = end == .word ? isWord("is") : current.kind == end
        guard index > start, isAtEnd else {
            if end == .close { throw failure("expected \(what) and ), found \(current.name)") }
            index = start
            throw failure("\(current.name) is not a condition", help: Self.example)
        }
        return tokens[start..<index].map(\.text).joined(separator: " ")
    }

    private static let reserved: Set = ["and", "or", "not"]
    static let backoffKinds = ["immediate", "constant", "linear", "exponential"]

    private mutating func backoff(_ service: String) throws(ConditionError) -> Condition {
        index += 1
        guard take("is") else { throw failure("expected `is` and found \(current.name)") }
        let kind = current.text
        guard Self.backoffKinds.contains(kind) else {
            throw failure(
                "\"\(kind)\" is no class of backoff",
                help: Suggestion.help(for: kind, among: Self.backoffKinds, of: "it is one of"))
        }
        index += 1
        guard take("with") else { return .backoff(service: service, kind: kind, jitter: nil) }
        guard take("jitter"), current.kind == .comparator(.greaterOrEqual) else {
            throw failure("expected `with jitter >= PERCENTAGE`")
        }
        index += 1
        let jitter = try quantity(of: .service(service, zone: nil, .jitter))
        return .backoff(service: service, kind: kind, jitter: jitter)
    }

    private mutating func breaker(_ service: String) throws(ConditionError) -> Condition {
        index += 1
        guard take("opens"), take("within") else { throw failure("expected `opens within DURATION`") }
        return .breakerOpens(service: service, within: try duration())
    }
}

// MARK: - Tokens

extension ConditionParser {
    /// The last token is `end`, which is never passed.
    private var current: ConditionToken { tokens[min(index, tokens.count - 1)] }

    private func isWord(_ word: String) -> Bool { current.kind == .word && current.text == word }

    private mutating func take(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        index += 1
        return true
    }

    private func failure(_ message: String, part: String? = nil, help: String? = nil) -> ConditionError {
        let inset = part.flatMap { current.text.range(ofScalars: $0) } ?? 0
        return ConditionError(
            message: message, help: help, offset: current.offset + inset, offending: part ?? current.text)
    }
}

extension String {
    /// The service of `payments.backoff`.
    fileprivate func service(before suffix: String) -> String? {
        hasSuffix(suffix) && utf8.count > suffix.utf8.count ? String(dropLast(suffix.count)) : nil
    }
}
