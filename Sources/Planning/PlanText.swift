// `brownout plan` as text: what will happen, when, to whom, and how much of it is to be expected. 80 columns.

import Faults
package import Scenario
import Units

/// Renders a plan for a terminal.
package struct PlanText {
    let file: ScenarioFile
    let schedule: Schedule
    let assuming: Assumptions
    let knowing: BudgetKnowledge
    /// The seed that the run will take; nil: drawn when it starts.
    let seed: UInt64?

    package init(
        _ file: ScenarioFile, assuming: Assumptions, knowing: BudgetKnowledge = BudgetKnowledge(), seed: UInt64? = nil
    ) {
        self.file = file
        self.assuming = assuming
        self.knowing = knowing
        self.seed = seed ?? file.seed
        schedule = Schedule(file.timeline)
    }

    /// The whole text, lines ending with a newline.
    package var text: String {
        var lines = header + [""] + TextTimeline(schedule: schedule).lines + marks
        lines += ["", "Faults, at \(assumption)"] + faults
        lines += ["", "Conditions"] + conditions + [""] + budget
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Header

    private var header: [String] {
        var lines = Columns.wrapped(file.name ?? "A scenario without a name", 80)
        if let source = file.source { lines += Columns.labelled("source", source) }
        lines += Columns.labelled("seed", seed.map { "\($0)" } ?? "drawn when the run starts, printed and recorded")
        lines += Columns.labelled("lasts", lasts)
        lines += Columns.labelled("limits", limits)
        for (index, service) in file.services.enumerated() {
            lines += Columns.labelled(index == 0 ? "services" : "", Self.describe(service))
        }
        return lines + (zones.isEmpty ? [] : Columns.labelled("zones", zones))
    }

    private var lasts: String {
        let wall = schedule.length / assuming.speed
        return schedule.length.description
            + (assuming.speed == 1 ? "" : ", which is \(Figures.time(wall)) at \(Figures.digits(assuming.speed))x")
    }

    private var limits: String {
        var parts: [String] = []
        if let share = file.limits.share { parts.append("at most \(Figures.percentage(share)) harmed") }
        if let concurrent = file.limits.concurrent { parts.append("\(concurrent) at once") }
        if let ttl = file.limits.ttl { parts.append("everything cleared after \(ttl)") }
        let shielded = file.limits.protect.map(Self.describe)
        if !shielded.isEmpty { parts.append("never \(shielded.joined(separator: " or "))") }
        return parts.isEmpty ? "none" : parts.joined(separator: "; ")
    }

    private static func describe(_ match: Match) -> String {
        let parts =
            match.methods + match.paths.map(\.text) + match.headers.map { "header \($0.name)" }
            + match.query.map { "query \($0.name)" } + (match.clients.isEmpty ? [] : ["some clients"])
            + (match.bodyOver.map { ["bodies over \(ByteCount($0))"] } ?? [])
        return parts.joined(separator: " ")
    }

    private static func describe(_ service: Service) -> String {
        let endpoints = service.endpoints.map { endpoint in
            Figures.address(endpoint.to) + (endpoint.zone.map { " (\($0))" } ?? "")
        }
        let order = service.prefer.isEmpty ? "" : ", prefers " + service.prefer.joined(separator: " then ")
        return "\(service.name), \(service.kind.rawValue): \(Figures.address(service.listen)) -> "
            + endpoints.joined(separator: ", ") + order
    }

    private var zones: String {
        let named = file.zones.map(\.name) + file.services.flatMap(\.endpoints).compactMap(\.zone)
        return Set(named).sorted().joined(separator: ", ")
    }

    // MARK: Marks, faults, conditions

    /// What a bar cannot show.
    private var marks: [String] {
        var lines: [String] = []
        for stretch in schedule.stretches {
            let name = stretch.phase
            if let gate = stretch.first.gate {
                lines += Columns.labelled("gate", "\(name) ends when a person says go on, within \(gate.within)")
            }
            if let until = stretch.first.until {
                lines += Columns.labelled("until", "\(name) ends sooner when \(until.text)")
            }
        }
        if schedule.unplaced > 0 {
            lines += Columns.labelled("", "\(schedule.unplaced) further passes are not drawn")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private var assumption: String {
        "\(Figures.digits(assuming.requestsPerSecond)) requests/s per service"
            + (assuming.speed == 1 ? "" : " and \(Figures.digits(assuming.speed))x")
    }

    private var faults: [String] {
        let texts = file.timelineEntries.flatMap { item in
            FaultText(item, services: file.services, zones: file.zones, seed: seed ?? 0, assuming: assuming).lines
        }
        return texts.isEmpty ? ["  none"] : texts
    }

    private var conditions: [String] {
        var lines: [String] = []
        if let steady = file.steady {
            let that = steady.that.map(\.text).joined(separator: " and ")
            lines += Columns.labelled("steady", "\(that), within \(steady.within), before and after")
        }
        for condition in file.abortIf { lines += Columns.labelled("abort if", condition.text) }
        for expectation in file.expect {
            let name = expectation.name == expectation.that.text ? "" : "\(expectation.name): "
            lines += Columns.labelled(
                "expect", name + expectation.that.text + (expectation.phase.map { " (in \($0))" } ?? ""))
        }
        return lines.isEmpty ? ["  none"] : lines
    }

    private var budget: [String] {
        do throws(FaultError) {
            let forecasts = try file.budgetForecasts(assuming: assuming, knowing: knowing)
            return BudgetText(forecasts, assuming: assuming, knowing: knowing).lines
        } catch {
            return Columns.labelled("error", "\(error)")
        }
    }
}
