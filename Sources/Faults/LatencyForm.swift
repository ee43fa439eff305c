// The ways to write a latency: exactly one of them at a time, declared, checked and read here.
//
//     800ms   800ms +- 200ms   {p50, p99, max}   {lognormal: {median, p99}}   {to: {p50, p99}}   {times: 3}

import Foundation
import Scenario

/// Declaration, checks and decoding of latency's attributes.
enum LatencyForm {
    /// The quantile names that may stand beside `hold` and `correlation`.
    static let quantileNames: [(name: String, probability: Double)] = [
        "p1", "p5", "p10", "p25", "p50", "p75", "p80", "p90", "p95", "p98", "p99", "p999", "p9999", "max",
    ].compactMap { name in Quantile.probability(of: name).map { (name, $0) } }

    private struct Family: Sendable {
        let name: String
        let required: [String: AttributeShape]
        let choice: [String: AttributeShape]
        let help: String

        init(
            _ name: String, _ required: [String: AttributeShape], _ choice: [String: AttributeShape], _ help: String
        ) {
            (self.name, self.required, self.choice, self.help) = (name, required, choice, help)
        }
    }

    /// Groups of parameters: the required ones, and the choice of one more.
    private static let families: [Family] = [
        Family("uniform", ["min": .duration, "max": .duration], [:], "anything between min and max"),
        Family("normal", ["mean": .duration, "deviation": .duration], [:], "never below zero"),
        Family(
            "lognormal", ["median": .duration], ["p99": .duration, "sigma": .number],
            "median, and p99 or sigma of the logarithm"),
        Family("exponential", ["mean": .duration], [:], "memoryless"),
        Family(
            "pareto", ["scale": .duration, "shape": .number], [:],
            "scale is the least; the smaller shape, the heavier the tail"),
    ]

    static var familyNames: [String] { families.map(\.name) }

    /// The parameters of a family that `group` lacks, in words; nil when it is complete.
    static func missing(_ family: String, _ group: [String: AttributeValue]) -> String? {
        guard let parameters = families.first(where: { $0.name == family }) else { return nil }
        let absent = parameters.required.keys.filter { group[$0] == nil }.sorted()
        if !absent.isEmpty { return absent.joined(separator: " and ") }
        let chosen = parameters.choice.keys.count { group[$0] != nil }
        return parameters.choice.isEmpty || chosen == 1
            ? nil : "one of " + parameters.choice.keys.sorted().joined(separator: ", ")
    }

    /// Whatever says how long, without a dependency to measure.
    static let times: [AttributeDeclaration] = forms(fixed: nil)

    private static func forms(fixed: String?) -> [AttributeDeclaration] {
        [
            AttributeDeclaration(
                name: "fixed", shape: .durationWithJitter, defaultText: fixed, range: 0...86_400, mayMove: true,
                help: "one time, or 800ms +- 200ms: even between the two ends")
        ]
            + quantileNames.map { quantile in
                AttributeDeclaration(
                    name: quantile.name, shape: .duration, range: 1e-9...86_400, mayMove: true,
                    help: quantile.name == "max"
                        ? "nothing is longer" : "\(Words.percentage(quantile.probability)) stay under it")
            }
            + families.map { family in
                AttributeDeclaration(
                    name: family.name, shape: .group(family.required.merging(family.choice) { first, _ in first }),
                    mayMove: true, help: family.help)
            }
            + [
                AttributeDeclaration(
                    name: "table", shape: .file, help: "samples in a file beside the scenario, one a line")
            ]
    }

    static let attributes: [AttributeDeclaration] =
        forms(fixed: "800ms")
        + [
            AttributeDeclaration(
                name: "to", shape: .quantiles, mayMove: true,
                help: "stretch what the dependency really takes to these percentiles: slow requests become slower ones"),
            AttributeDeclaration(
                name: "baseline", shape: .quantiles,
                help: "for to: the dependency's own percentiles, where they shall not be measured"),
            AttributeDeclaration(
                name: "times", shape: .number, range: 1...1_000_000, mayMove: true,
                help: "the dependency takes so many times as long"),
            AttributeDeclaration(
                name: "correlation", shape: .percentage, defaultText: "0%", range: 0...0.99,
                help: "of neighbouring draws"),
            AttributeDeclaration(
                name: "hold", shape: .word(["after", "before"]), defaultText: "after",
                help:
                    "after: the response of work already done; before: the request (the default with direction: upstream)"
            ),
        ]

    /// What a value without `to` and `times` draws from.
    static func form(_ value: FaultValue) -> MovingDistribution.Form {
        if case .table(let samples) = value["table"] { return .table(samples.sorted()) }
        if case .jitter(let center, let spread) = value["fixed"] { return .jitter(center: center, spread: spread) }
        for family in families {
            if let group = value.group(family.name), let form = form(family.name, group) { return form }
        }
        let quantiles = quantiles(value)
        return quantiles.isEmpty ? .fixed(value.moving("fixed") ?? .constant(0.8)) : .quantiles(quantiles)
    }

    static func quantiles(_ value: FaultValue) -> [Quantile] {
        quantileNames.compactMap { quantile in
            value.moving(quantile.name).map { Quantile(probability: quantile.probability, value: $0) }
        }
    }

    private static func form(_ family: String, _ group: [String: AttributeValue]) -> MovingDistribution.Form? {
        func parameter(_ name: String) -> Moving { group[name]?.moving ?? .constant(0) }
        switch family {
        case "uniform": return .uniform(least: parameter("min"), most: parameter("max"))
        case "normal": return .normal(mean: parameter("mean"), deviation: parameter("deviation"))
        case "exponential": return .exponential(mean: parameter("mean"))
        case "pareto": return .pareto(scale: parameter("scale"), shape: parameter("shape"))
        case "lognormal":
            guard let p99 = group["p99"]?.moving else {
                return .lognormal(median: parameter("median"), sigma: parameter("sigma"))
            }
            return .quantiles([
                Quantile(probability: 0.5, value: parameter("median")), Quantile(probability: 0.99, value: p99),
            ])
        default: return nil
        }
    }
}
