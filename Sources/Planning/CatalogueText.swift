// The catalogue for people: a table of all faults, and one fault with everything it can be told. Read off the
// declarations, so that it says what the decoder accepts.

import Foundation
package import Scenario
import Units

/// Renders the catalogue. 80 columns.
package struct CatalogueText {
    let catalogue: Catalogue

    package init(_ catalogue: Catalogue) {
        self.catalogue = catalogue
    }

    /// All faults, one line each.
    package var table: String {
        let width = (catalogue.faults.map(\.name.count).max() ?? 0) + 2
        var lines = [Columns.left("fault", width) + Columns.left("acts on", 24) + "what happens"]
        for fault in catalogue.faults {
            let label = Columns.left(fault.name, width) + Columns.left(Self.levels(fault), 24)
            lines += Columns.labelled(label, fault.summary, indent: 0, labelWidth: label.count)
        }
        lines += ["", "`brownout faults NAME` explains one of them."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// One fault with its attributes and an example; nil when there is none of that name.
    package func page(_ name: String) -> String? {
        guard let fault = catalogue[name] else { return nil }
        var lines = Columns.wrapped("\(fault.name): \(fault.summary)", 80) + ["", "  acts on    \(Self.levels(fault))"]
        if let shorthand = fault.shorthand {
            lines += Columns.labelled("short", "\(fault.name): VALUE sets `\(shorthand)`")
        } else if fault.attributes.allSatisfy({ !$0.isRequired }),
            fault.validate(FaultValue(name: name, attributes: [:])).isEmpty
        {
            lines += Columns.labelled("short", "\(fault.name): with nothing behind it takes every default")
        }
        lines += notes(fault)
        if !fault.attributes.isEmpty {
            lines += ["", "Attributes"] + Self.alike(fault.attributes).flatMap(Self.attributes)
        }
        if let example = FaultExamples.entry(name) {
            lines += ["", "Example, under `faults:` of a phase"]
            lines += example.split(separator: "\n").map { "  " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func notes(_ fault: FaultDeclaration) -> [String] {
        var lines: [String] = []
        if let alternative = fault.wholeListenerAlternative {
            lines += Columns.labelled(
                "note", "acts on a listener as a whole; for a share of the traffic there is \(alternative)")
        }
        if fault.isTerminal {
            lines += Columns.labelled("note", "ends the exchange: of several such faults the first in file order acts")
        }
        return lines
    }

    private static func levels(_ fault: FaultDeclaration) -> String {
        FaultLevel.allCases.filter(fault.levels.contains).map(\.rawValue).joined(separator: ", ")
    }

    /// Neighbours that may be written in the same way stand together, as percentiles do.
    private static func alike(_ attributes: [AttributeDeclaration]) -> [[AttributeDeclaration]] {
        var groups: [[AttributeDeclaration]] = []
        for attribute in attributes {
            if let last = groups.last?.last, facts(last) == facts(attribute), last.defaultText == nil,
                groups[groups.count - 1].count > 1 || startsRun(attribute, in: attributes)
            {
                groups[groups.count - 1].append(attribute)
            } else {
                groups.append([attribute])
            }
        }
        return groups
    }

    /// Whether three in a row from the one before `attribute` are alike: two are better shown apart.
    private static func startsRun(_ attribute: AttributeDeclaration, in attributes: [AttributeDeclaration]) -> Bool {
        guard let index = attributes.firstIndex(where: { $0.name == attribute.name }), index + 1 < attributes.count
        else {
            return false
        }
        return facts(attributes[index + 1]) == facts(attribute)
    }

    private static func attributes(_ group: [AttributeDeclaration]) -> [String] {
        let names = group.map(\.name).joined(separator: " ")
        let help = group.count > 1 ? "\(group[0].help) … \(group[group.count - 1].help)" : group[0].help
        let text = Columns.labelled(group.count > 1 ? "" : names, facts(group[0]), labelWidth: 14)
        return (group.count > 1 ? Columns.wrapped(names, 78).map { "  " + $0 } : []) + text
            + Columns.labelled("", help, labelWidth: 14)
    }

    private static func facts(_ attribute: AttributeDeclaration) -> String {
        var facts = [words(attribute.shape)]
        if attribute.isRequired { facts.append("required") }
        if let text = attribute.defaultText { facts.append("default \(text)") }
        if let range = attribute.range { facts.append(words(range, attribute.shape)) }
        if attribute.mayMove { facts.append("may move") }
        return facts.joined(separator: "; ")
    }

    /// What may be written.
    static func words(_ shape: AttributeShape) -> String {
        switch shape {
        case .duration: "duration (10ms, 1.5s)"
        case .percentage: "percentage (30%)"
        case .byteCount: "bytes (64KiB, 1MB)"
        case .byteRate: "bytes per second (10MB/s)"
        case .eventRate: "rate (100/s)"
        case .integer: "whole number"
        case .number: "number"
        case .boolean: "true or false"
        case .text: "text"
        case .word(let words): words.joined(separator: " / ")
        case .either(let alternatives, let other):
            (alternatives.count > 4 ? alternatives.prefix(3) + ["…"] : alternatives).joined(separator: " / ") + " / "
                + words(other)
        case .amount: "percentage or bytes (50%, 4KiB)"
        case .extent: "duration or bytes (5s, 64KiB)"
        case .durationWithJitter: "duration, also with jitter (800ms +- 200ms)"
        case .quantiles: "percentiles ({ p50: 900ms, p99: 8s })"
        case .headers: "field names and values"
        case .statuses: "status, or statuses with shares ({ 503: 70%, 429: 30% })"
        case .group(let members): "{ \(members.keys.sorted().joined(separator: ", ")) }"
        case .form(let attributes, let shorthand):
            attributes.filter { $0.name == shorthand }.map { words($0.shape) + ", " }.joined()
                + "or { \(attributes.first { $0.name != shorthand }?.name ?? "") … \(attributes.last?.name ?? "") }"
        case .list(let item): "list of: \(words(item))"
        case .file: "a file beside the scenario"
        }
    }

    private static func words(_ range: ClosedRange<Double>, _ shape: AttributeShape) -> String {
        "\(bound(range.lowerBound, shape)) to \(bound(range.upperBound, shape))"
    }

    private static func bound(_ value: Double, _ shape: AttributeShape) -> String {
        switch shape {
        case .duration, .durationWithJitter: Figures.time(TimeSpan(seconds: value))
        case .percentage: Figures.percentage(value)
        case .byteCount: ByteCount(Int64(min(value, 9e18))).description
        case .byteRate: ByteRate(bytesPerSecond: value).description
        case .eventRate: EventRate(perSecond: value).description
        case .either(_, let other): bound(value, other)
        default: Figures.digits(value)
        }
    }
}
