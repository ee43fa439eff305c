// What the decoder cannot know about a latency: one form at a time, quantiles that increase wherever they move, and
// parameters that make a distribution. Nothing that passes here can fail later.

import Scenario
import Units

extension LatencyForm {
    /// Everything that is wrong with `value`; empty when fine.
    static func problems(_ value: FaultValue) -> [FaultProblem] {
        formProblems(value) + jitterProblems(value) + quantileProblems(value) + parameterProblems(value)
            + measureProblems(value) + tableProblems(value)
    }

    /// The forms that are written, by attribute; all quantiles are one.
    private static func forms(_ value: FaultValue) -> [String] {
        let named = (["fixed", "table", "to", "times"] + familyNames).filter { value[$0] != nil }
        let quantile = quantileNames.first { value[$0.name] != nil }
        return named + (quantile.map { [$0.name] } ?? [])
    }

    private static func formProblems(_ value: FaultValue) -> [FaultProblem] {
        let forms = forms(value)
        guard forms.count > 1 else { return [] }
        return [
            FaultProblem(
                attribute: forms[1], message: "one form at a time: here are \(forms.joined(separator: " and "))")
        ]
    }

    private static func jitterProblems(_ value: FaultValue) -> [FaultProblem] {
        guard case .jitter(let center, let spread) = value["fixed"] else { return [] }
        let reachesBelowZero = ends(center, spread).contains { $0 < $1 }
        let isNegative = spread.bounds.lowerBound < 0
        return reachesBelowZero || isNegative
            ? [FaultProblem(attribute: "fixed", message: "the part after +- must not exceed the part before it")] : []
    }

    private static func quantileProblems(_ value: FaultValue) -> [FaultProblem] {
        let written = quantileNames.filter { value.moving($0.name) != nil }
        let own =
            written.isEmpty ? [] : increasing(quantiles(value), written.map(\.name))
        return own
            + ["to", "baseline"].flatMap { name in
                value.quantiles(name).map { increasing($0, $0.map { _ in name }) } ?? []
            }
    }

    /// Two at least without `max`, above zero, strictly increasing at the start and at the end of the stretch.
    private static func increasing(_ quantiles: [Quantile], _ attributes: [String]) -> [FaultProblem] {
        var problems: [FaultProblem] = []
        if quantiles.count(where: { $0.probability < 1 }) < 2 {
            let message = "a curve needs two percentiles besides max: p50 and p99, for one"
            problems.append(FaultProblem(attribute: attributes.first, message: message))
        }
        for (index, quantile) in quantiles.enumerated() {
            if start(quantile.value) <= 0 || end(quantile.value) <= 0 {
                problems.append(FaultProblem(attribute: attributes[index], message: "a percentile is longer than 0s"))
            } else if index > 0, ends(quantile.value, quantiles[index - 1].value).contains(where: { $0 <= $1 }) {
                let message = "a percentile must be longer than the one below it, at the start and at the end"
                problems.append(FaultProblem(attribute: attributes[index], message: message))
            }
        }
        return problems
    }

    private static func parameterProblems(_ value: FaultValue) -> [FaultProblem] {
        familyNames.compactMap { name in
            value.group(name).flatMap { parameterProblem(name, $0) }.map { FaultProblem(attribute: name, message: $0) }
        }
    }

    private static func parameterProblem(_ family: String, _ group: [String: AttributeValue]) -> String? {
        if let missing = missing(family, group) { return "\(family) needs \(missing)" }
        func least(_ name: String) -> Double { group[name]?.moving?.bounds.lowerBound ?? 0 }
        if let negative = group.keys.sorted().first(where: { least($0) < 0 }) {
            return "\(negative) must not be negative"
        }
        switch family {
        case "uniform": return isAbove(group, "max", "min") ? nil : "max must be longer than min"
        case "lognormal":
            if group["p99"] != nil {
                return isAbove(group, "p99", "median") && least("median") > 0
                    ? nil : "p99 must be longer than the median, and the median than 0s"
            }
            return least("median") > 0 && least("sigma") > 0 ? nil : "median and sigma must be above zero"
        case "exponential": return least("mean") > 0 ? nil : "mean must be above zero"
        case "pareto": return least("scale") > 0 && least("shape") > 0 ? nil : "scale and shape must be above zero"
        default: return nil
        }
    }

    private static func isAbove(_ group: [String: AttributeValue], _ name: String, _ other: String) -> Bool {
        guard let high = group[name]?.moving, let low = group[other]?.moving else { return false }
        return ends(high, low).allSatisfy { $0 > $1 }
    }

    private static func measureProblems(_ value: FaultValue) -> [FaultProblem] {
        var problems: [FaultProblem] = []
        let measures = value["to"] != nil || value["times"] != nil
        if measures, value["hold"]?.word == Latency.Hold.before.rawValue {
            let message = "to and times follow what the dependency took: they can only hold: after"
            problems.append(FaultProblem(attribute: "hold", message: message))
        }
        if value["baseline"] != nil, value["to"] == nil {
            problems.append(FaultProblem(attribute: "baseline", message: "baseline belongs to to:"))
        }
        if value["correlation"] != nil, value["times"] != nil {
            problems.append(FaultProblem(attribute: "correlation", message: "times draws nothing that could correlate"))
        }
        return problems
    }

    private static func tableProblems(_ value: FaultValue) -> [FaultProblem] {
        guard case .table(let samples) = value["table"] else { return [] }
        let isFine = !samples.isEmpty && samples.allSatisfy { $0 >= 0 && $0 <= Latency.longest }
        return isFine ? [] : [FaultProblem(attribute: "table", message: "a table needs lines, each from 0s to 24h")]
    }

    private static let stretch = TimeSpan.seconds(3_600)
    private static func start(_ moving: Moving) -> Double { moving.value(at: .zero, of: stretch) }
    private static func end(_ moving: Moving) -> Double { moving.value(at: stretch, of: stretch) }

    /// Both magnitudes at the start and at the end of a stretch.
    private static func ends(_ left: Moving, _ right: Moving) -> [(Double, Double)] {
        [(start(left), start(right)), (end(left), end(right))]
    }
}
