// Percentiles with their durations: {p50: 900ms, p99: 8s, max: 20s}. p50 is 0.5, p99 is 0.99, p999 is 0.999.

import Units

extension AttributeDecoder {
    func quantiles(_ node: YAMLNode) -> AttributeValue? {
        guard let pairs = node.pairs, !pairs.isEmpty else {
            decoding.error(node, "\(what) must be percentiles such as {p50: 900ms, p99: 8s}, and is \(node.kind)")
            return nil
        }
        let read = pairs.compactMap { pair in quantile(pair).map { (pair, $0) } }
        guard read.count == pairs.count else { return nil }
        let sorted = read.sorted { $0.1.probability < $1.1.probability }
        guard isIncreasing(sorted) else { return nil }
        return .quantiles(sorted.map(\.1))
    }

    private func quantile(_ pair: YAMLPair) -> Quantile? {
        guard let probability = Quantile.probability(of: pair.key) else {
            decoding.error(
                pair.position, "\(what): \"\(pair.key)\" is not a percentile", offending: pair.key,
                help: "write p50, p90, p99, p999, … or max")
            return nil
        }
        let decoder = MovingDecoder(
            decoding: decoding, unit: .duration, range: attribute.range ?? 1e-9...86_400, mayMove: attribute.mayMove,
            what: "\(what).\(pair.key)")
        return decoder.decode(pair.value).map { Quantile(probability: probability, value: $0) }
    }

    /// At both ends of what moves.
    private func isIncreasing(_ sorted: [(YAMLPair, Quantile)]) -> Bool {
        for (lower, upper) in zip(sorted, sorted.dropFirst()) {
            let (below, above) = (lower.1.value.ends, upper.1.value.ends)
            guard lower.1.probability < upper.1.probability, below.first < above.first, below.last < above.last else {
                let moves = below.first != below.last || above.first != above.last
                decoding.error(
                    upper.0.value,
                    "\(what): \(upper.0.key) must be above \(lower.0.key)\(moves ? " at both ends" : "")",
                    help: "percentiles increase")
                return false
            }
        }
        return true
    }
}

extension Quantile {
    /// 0.5 for `p50`, 0.999 for `p999`, 1 for `max`; nil for what is no percentile.
    package static func probability(of name: String) -> Double? {
        if name == "max" { return 1 }
        let digits = name.dropFirst()
        guard name.first == "p", (1...6).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Double(String(digits)), number > 0
        else { return nil }
        // p5 is the 5th percentile, p50 the 50th; from three digits on the first two are whole percents.
        let divisor = digits.utf8.count <= 2 ? 100.0 : digits.utf8.dropFirst(2).reduce(100.0) { value, _ in value * 10 }
        return number / divisor
    }
}

extension Moving {
    /// The value at the beginning and at the end of what it does.
    var ends: (first: Double, last: Double) {
        switch self {
        case .constant(let value): (value, value)
        case .ramp(let from, let to, _, _): (from, to)
        case .wave(_, let low, let high, _): (low, high)
        case .flap(let value, _, _): (value, value)
        case .steps(let values): (values.first ?? 0, values.last ?? 0)
        }
    }

    /// The largest value that it takes.
    var peak: Double {
        switch self {
        case .steps(let values): values.max() ?? 0
        default: max(ends.first, ends.last)
        }
    }
}
