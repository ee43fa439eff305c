// Which exchanges count as good for an objective: `status < 500 and latency <= 300ms`. The grammar is that of conditions
// with two names; `and` binds tighter than `or`, and there are no brackets.

package import Units

/// A rule that says which exchanges are good.
package struct GoodExchange: Sendable, Hashable {
    enum Term: Sendable, Hashable {
        case status(Comparison.Operator, Int)
        case latency(Comparison.Operator, TimeSpan)
    }

    /// Any of these, all of whose terms hold.
    let alternatives: [[Term]]

    package init(text: String) throws(ConditionError) {
        let tokens = try ConditionToken.tokens(of: text)
        var alternatives: [[Term]] = [[]]
        var index = 0
        while true {
            alternatives[alternatives.count - 1].append(try Self.term(tokens, &index))
            let joint = tokens[index]
            if joint.kind == .end { break }
            guard joint.kind == .word, joint.text == "and" || joint.text == "or" else {
                throw Self.failure(joint, "expected `and` or `or` and found \(joint.name)")
            }
            if joint.text == "or" { alternatives.append([]) }
            index += 1
        }
        self.alternatives = alternatives
    }

    /// Whether an exchange is good: its status (nil: none arrived) and the time from its head to its last byte.
    package func accepts(status: Int?, latency: TimeSpan) -> Bool {
        alternatives.contains { $0.allSatisfy { $0.accepts(status, latency) } }
    }

    private static func term(_ tokens: [ConditionToken], _ index: inout Int) throws(ConditionError) -> Term {
        let name = tokens[index]
        guard name.text == "status" || name.text == "latency" else {
            throw failure(name, "expected status or latency and found \(name.name)")
        }
        guard case .comparator(let comparator) = tokens[index + 1].kind else {
            throw failure(tokens[index + 1], "expected <=, <, >=, > or == and found \(tokens[index + 1].name)")
        }
        let value = tokens[index + 2]
        index += 3
        return name.text == "status" ? .status(comparator, try status(value)) : .latency(comparator, try span(value))
    }

    private static func status(_ token: ConditionToken) throws(ConditionError) -> Int {
        guard let status = Int(token.text), (0...999).contains(status) else {
            throw failure(token, "expected a status and found \(token.name)")
        }
        return status
    }

    private static func span(_ token: ConditionToken) throws(ConditionError) -> TimeSpan {
        do {
            return try TimeSpan(text: token.text)
        } catch {
            throw failure(token, error.description)
        }
    }

    private static func failure(_ token: ConditionToken, _ message: String) -> ConditionError {
        ConditionError(
            message: message, help: "for example: status < 500 and latency <= 300ms", offset: token.offset,
            offending: token.text)
    }
}

extension GoodExchange.Term {
    fileprivate func accepts(_ status: Int?, _ latency: TimeSpan) -> Bool {
        switch self {
        case .status(let comparator, let limit): status.map { comparator.holds($0, limit) } ?? false
        case .latency(let comparator, let limit): comparator.holds(latency, limit)
        }
    }
}

extension Comparison.Operator {
    /// Whether `left` stands so to `right`.
    package func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .lessOrEqual: left <= right
        case .less: left < right
        case .greaterOrEqual: left >= right
        case .greater: left > right
        case .equal: left == right
        }
    }
}
