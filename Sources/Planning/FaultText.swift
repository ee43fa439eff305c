// One fault entry of a plan, in words: its phrase, what it implies, what to expect of it, and a warning where it may
// never bite.

import Faults
import Scenario
import Units

/// A pass of an entry as it was written, with how often its phase is played.
struct TimelineEntry {
    let placement: Schedule.Placement
    let passes: Int
}

extension ScenarioFile {
    /// Every entry once, in file order.
    var timelineEntries: [TimelineEntry] { Self.entries(timeline, passes: 1) }

    private static func entries(_ phases: [Phase], passes: Int) -> [TimelineEntry] {
        phases.flatMap { phase -> [TimelineEntry] in
            let passes = passes * max(phase.repeats, 1)
            let own = phase.faults.map { entry in
                let length = max(entry.length ?? phase.length - entry.after, .zero)
                return TimelineEntry(
                    placement: Schedule.Placement(entry: entry, start: entry.after, length: length), passes: passes)
            }
            return own + phase.together.flatMap { Self.entries($0, passes: passes) }
        }
    }
}

/// Renders one entry.
struct FaultText {
    private let item: TimelineEntry
    private let services: [Service]
    private let seed: UInt64
    private let assuming: Assumptions

    init(_ item: TimelineEntry, services: [Service], seed: UInt64, assuming: Assumptions) {
        self.item = item
        self.services = services.filter { Rule.concerns(item.placement.entry, $0) }
        self.seed = seed
        self.assuming = assuming
    }

    var lines: [String] {
        let entry = item.placement.entry
        let when = entry.when.map { ", when \($0.text)" } ?? ""
        let times = item.passes > 1 ? ", \(item.passes) times" : ""
        let title = "\(entry.name), in \(entry.phase) for \(item.placement.length)\(times)\(when)"
        let body =
            services.isEmpty ? Columns.labelled("", "concerns no service", indent: 4) : services.flatMap(forecast)
        return Columns.wrapped(title, 78).map { "  " + $0 } + body
    }

    private func forecast(_ service: Service) -> [String] {
        do throws(FaultError) {
            let forecast = try EntryForecast(
                item.placement, passes: item.passes, service: service, seed: seed, assuming: assuming)
            return Self.lines(forecast)
        } catch {
            return Columns.labelled("error", "\(error)", indent: 4)
        }
    }

    private static func lines(_ forecast: EntryForecast) -> [String] {
        var lines = Columns.labelled("does", forecast.phrase, indent: 4)
        for implied in forecast.implied {
            let place = implied.label.isEmpty ? "" : ", \(implied.label)"
            lines += Columns.labelled("implies", words(implied.latency) + place, indent: 4)
        }
        for implied in forecast.gates {
            let place = implied.label.isEmpty ? "" : ", \(implied.label)"
            lines += Columns.labelled("implies", words(implied.gate) + place, indent: 4)
        }
        lines += Columns.labelled("harms", harm(forecast), indent: 4)
        guard case .expected(_, _, let chance) = forecast.harm, forecast.mayNeverBite else { return lines }
        let warning = "may never bite (chance \(Figures.percentage(chance))): the run would be inconclusive"
        return lines + Columns.labelled("warning", warning, indent: 4)
    }

    private static func harm(_ forecast: EntryForecast) -> String {
        let remarks = forecast.remarks.isEmpty ? "" : ", " + forecast.remarks.joined(separator: ", ")
        switch forecast.harm {
        case .unknown(let reason): return reason + remarks
        case .expected(let harmed, let all, _):
            return "about \(Figures.count(harmed)) of \(Figures.count(all)) requests" + remarks
        }
    }

    private static func words(_ latency: ImpliedLatency) -> String {
        switch latency {
        case .added(let percentiles): "\(words(percentiles)) of extra time"
        case .total(let percentiles): "\(words(percentiles)) in all, where the dependency is quicker"
        case .times(let factor): "\(Figures.digits(factor)) times what the dependency takes"
        }
    }

    private static func words(_ gate: ImpliedGate) -> String {
        switch gate {
        case .callers(let limit): "\(Figures.digits(limit))/s for each caller"
        case .quota(let refused) where refused <= 0: "the assumed rate stays within the quota"
        case .quota(let refused): "about \(Figures.percentage(refused)) are above the quota at the assumed rate"
        case .queue(let queue): words(queue)
        }
    }

    private static func words(_ queue: ImpliedQueue) -> String {
        let load = "a load of \(Figures.percentage(queue.load)) on \(queue.servers) servers at the assumed rate"
        let waits = ": \(Figures.percentage(queue.waits)) wait, all \(Figures.time(queue.meanWait)) on average"
        let turned = queue.turnedAway > 0.0005 ? ", \(Figures.percentage(queue.turnedAway)) are turned away" : ""
        return load + waits + turned
    }

    private static func words(_ percentiles: Percentiles) -> String {
        if percentiles.max == percentiles.p50 { return "always \(Figures.time(percentiles.p50))" }
        let longest = percentiles.max.map { ", at most \(Figures.time($0))" } ?? ""
        return "p50 \(Figures.time(percentiles.p50)), p90 \(Figures.time(percentiles.p90)), p99 "
            + Figures.time(percentiles.p99) + longest
    }
}
