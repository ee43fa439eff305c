// One scenario made ready to be played: everything looked up once.

import Faults
package import Scenario
package import Units

/// What the director plays.
package struct Production: Sendable {
    /// As written, but for `--only`.
    package let script: ScenarioFile
    /// The script in the time in which it is played.
    package let file: ScenarioFile
    package let timeline: Timeline
    package let entries: EntryTable
    package let builder: PlanBuilder
    package let seed: UInt64
    package let speed: Double
    /// Wall time after which every fault is cleared.
    package let timeToLive: TimeSpan

    /// A tenth of a short run is less than what a busy machine is late.
    private static let leastSlack = TimeSpan.seconds(1)

    /// `file` is as written; it is scaled here.
    package init(_ file: ScenarioFile, seed: UInt64, speed: Double = 1) {
        let scaled = file.scaled(bySpeed: speed, catalogue: Catalogue.standard)
        script = file
        self.file = scaled
        self.seed = seed
        self.speed = speed
        timeline = Timeline(scaled.timeline)
        entries = EntryTable(scaled.timeline, seed: seed)
        builder = PlanBuilder(limits: scaled.limits, zones: scaled.zones)
        timeToLive = scaled.limits.ttl ?? max(timeline.defaultTTL, timeline.longest + Self.leastSlack)
    }

    /// The window of conditions that name none.
    package var defaultWindow: TimeSpan { Condition.defaultWindow / speed }

    /// Entries that cannot act on a service they name, as the decoder would have said it.
    /// `callers`: zones that say where callers are, beside the script's own.
    package func problems(in services: [Service], callers: [Zone], fileName: String) -> [Diagnostic] {
        let callers = file.zones.callers(before: callers)
        return PlanBuilder.problems(of: entries.entries, in: services, callers: callers).map { problem in
            Diagnostic(
                severity: .error, file: fileName, position: problem.position,
                message: "\(problem.entry): \(problem.message)")
        }
    }
}
