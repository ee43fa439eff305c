// What can be said about a decoded file before anything is opened: entries that cannot act on a service that they name,
// and with `--speed` percentiles longer than the time in which they could be seen. Script time shrinks with the speed;
// what a caller feels does not.

import Faults
package import Scenario
import Units

/// Checks across a scenario and the faults of this version.
package enum FileChecks {
    /// Entries that cannot become a rule of a service.
    package static func problems(in file: ScenarioFile, name: String, text: String) -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return file.timelineEntries.flatMap { item in
            concerned(item, file).compactMap { service in
                do throws(FaultError) {
                    _ = try rule(item, service, file.zones)
                    return nil
                } catch {
                    return diagnostic(.error, error.position, "\(error.entry): \(error.message)", name, text)
                }
            }
        }.filter { seen.insert($0).inserted }
    }

    /// Latencies whose 99th percentile exceeds their stretch when played `speed` times as fast.
    package static func warnings(
        in file: ScenarioFile, speed: Double, name: String, text: String
    ) -> [Diagnostic] {
        file.timelineEntries.compactMap { item in
            guard let service = concerned(item, file).first, let rule = try? rule(item, service, file.zones) else {
                return nil
            }
            let stretch = item.placement.length
            let asked = [TimeSpan.zero, stretch].compactMap { rule.impliedPercentiles(at: $0)?.p99 }.max()
            guard let asked, asked > stretch / speed else { return nil }
            let entry = item.placement.entry
            let message =
                "\(entry.name): at \(Figures.digits(speed))x \"\(entry.phase)\" leaves it \(Figures.time(stretch / speed)), "
                + "and its p99 is \(Figures.time(asked))"
            return diagnostic(.warning, entry.position, message, name, text)
        }
    }

    private static func concerned(_ item: TimelineEntry, _ file: ScenarioFile) -> [Service] {
        file.services.filter { Rule.concerns(item.placement.entry, $0) }
    }

    private static func rule(
        _ item: TimelineEntry, _ service: Service, _ zones: [Zone]
    ) throws(FaultError) -> Rule {
        let entry = item.placement.entry
        return try Rule(
            entry: entry, index: 0, service: service, state: EntryState(name: entry.name), seed: 0,
            clock: RuleClock(began: .zero, length: item.placement.length), zones: zones)
    }

    private static func diagnostic(
        _ severity: Diagnostic.Severity, _ position: Position, _ message: String, _ name: String, _ text: String
    ) -> Diagnostic {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines.indices.contains(position.line - 1) ? String(lines[position.line - 1].prefix(110)) : ""
        let caret = min(max(0, position.column - 1), line.count)
        return Diagnostic(
            severity: severity, file: name, position: position, message: message, excerpt: line, caret: caret)
    }
}

extension ImpliedLatency {
    /// nil where it depends on the dependency.
    fileprivate var p99: TimeSpan? {
        switch self {
        case .added(let percentiles), .total(let percentiles): percentiles.p99
        case .times: nil
        }
    }
}
