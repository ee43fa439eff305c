// A rule in one line, for progress output: "latency p50 900ms p99 8s on 40% of payments". It is read off the declaration
// and what was written, so no fault brings words of its own.

import Scenario
import Units

extension Rule {
    /// The fault with its written attributes, and whom it meets.
    package var phrase: String {
        Words.fault(text.entry.fault, text.declaration) + " on " + Words.audience(text.entry, text.service)
    }
}

enum Words {
    static func fault(_ value: FaultValue, _ declaration: FaultDeclaration) -> String {
        let written = attributes(value.attributes, declaration.attributes, declaration.shorthand)
        return written.isEmpty ? declaration.name : declaration.name + " " + written
    }

    /// What is written, in the order of the declaration.
    private static func attributes(
        _ values: [String: AttributeValue], _ declarations: [AttributeDeclaration], _ shorthand: String?
    ) -> String {
        let written = declarations.compactMap { attribute in
            values[attribute.name].map { value in
                (attribute.name == shorthand ? "" : attribute.name + " ") + self.value(value, attribute.shape)
            }
        }
        return written.joined(separator: " ")
    }

    /// `40% of payments in az-a, POST /v1/charge/**`.
    static func audience(_ entry: FaultEntry, _ service: String) -> String {
        let share = entry.share == .constant(1) ? "" : moving(entry.share, .percentage) + " of "
        let zone = entry.zone.map { " in \($0)" } ?? ""
        let asked = (entry.match?.methods ?? []) + (entry.match?.paths.map(\.text) ?? [])
        return share + service + zone + (asked.isEmpty ? "" : ", " + asked.joined(separator: " "))
    }

    static func percentage(_ fraction: Double) -> String { Percentage(fraction: fraction).description }

    private static func value(_ value: AttributeValue, _ shape: AttributeShape) -> String {
        switch value {
        case .magnitude(let moving): self.moving(moving, shape)
        case .integer(let integer): "\(integer)"
        case .boolean(let flag): flag ? "true" : "false"
        case .text(let text): ByteCount(Int64(text.utf8.count)).description
        case .word(let word): word
        case .amount(.fraction(let fraction)): moving(fraction, .percentage)
        case .amount(.bytes(let bytes)), .extent(.bytes(let bytes)): moving(bytes, .byteCount)
        case .extent(.time(let time)): moving(time, .duration)
        case .jitter(let center, let spread): "\(moving(center, .duration)) +- \(moving(spread, .duration))"
        case .quantiles(let quantiles): quantiles.map(quantile).joined(separator: " ")
        case .headers(let fields): fields.map(\.name).joined(separator: " ")
        case .statuses(let statuses): self.statuses(statuses)
        case .group(let group): self.group(group, shape)
        case .list(let values): values.map { item($0, shape) }.joined(separator: " ")
        case .table(let samples): "of \(samples.count) samples"
        }
    }

    /// In a list, texts are names.
    private static func item(_ value: AttributeValue, _ shape: AttributeShape) -> String {
        if case .text(let text) = value { text } else { self.value(value, shape) }
    }

    private static func statuses(_ statuses: [WeightedStatus]) -> String {
        guard statuses.count > 1 else { return statuses.map { "\($0.status)" }.joined() }
        return statuses.map { "\($0.status) \(percentage($0.weight))" }.joined(separator: " ")
    }

    private static func group(_ group: [String: AttributeValue], _ shape: AttributeShape) -> String {
        if case .form(let attributes, let shorthand) = shape { return self.attributes(group, attributes, shorthand) }
        guard case .group(let shapes) = shape else { return "" }
        return group.sorted { $0.key < $1.key }
            .map { "\($0.key) \(value($0.value, shapes[$0.key] ?? .number))" }
            .joined(separator: " ")
    }

    private static func quantile(_ quantile: Quantile) -> String {
        let name = LatencyForm.quantileNames.first { $0.probability == quantile.probability }?.name
        return "\(name ?? percentage(quantile.probability)) \(moving(quantile.value, .duration))"
    }

    /// `0% -> 40%`, `10ms to 800ms in a sine of 30s`, …
    private static func moving(_ moving: Moving, _ shape: AttributeShape) -> String {
        switch moving {
        case .constant(let value): magnitude(value, shape)
        case .ramp(let from, let to, _, let over):
            "\(magnitude(from, shape)) -> \(magnitude(to, shape))" + (over.map { " over \($0)" } ?? "")
        case .wave(let kind, let low, let high, let period):
            "\(magnitude(low, shape)) to \(magnitude(high, shape)) in a \(kind.rawValue) of \(period)"
        case .flap(let value, let up, let down): "\(magnitude(value, shape)) for \(up) then none for \(down)"
        case .steps(let values): values.map { magnitude($0, shape) }.joined(separator: ", ")
        }
    }

    private static func magnitude(_ value: Double, _ shape: AttributeShape) -> String {
        switch shape {
        case .duration, .durationWithJitter, .quantiles: TimeSpan(seconds: value).description
        case .percentage: percentage(value)
        case .byteCount: ByteCount(wholeCount(value)).description
        case .byteRate: ByteRate(bytesPerSecond: value).description
        case .eventRate: EventRate(perSecond: value).description
        case .either(_, let other): magnitude(value, other)
        default: value == value.rounded() ? "\(wholeCount(value))" : "\(value)"
        }
    }
}
