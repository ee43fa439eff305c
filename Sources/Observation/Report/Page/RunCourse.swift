// How a run went over time: what the pictures of a report are drawn from. A fold over the journal's events, like RunFacts,
// so a live run and a journal read later draw the same. Memory is bounded: when there are too many points, two neighbours
// become one, and points are twice as long from then on.

import Units

/// Traffic, phases and faults by time since the beginning, in real seconds.
package struct RunCourse: Sendable, Hashable {
    /// What one service had in one stretch of time.
    struct Traffic: Sendable, Hashable {
        var requests = 0
        var succeeded = 0
        var latency = SparseHistogram()
        var inFlight = 0

        mutating func merge(_ other: Traffic) {
            requests += other.requests
            succeeded += other.succeeded
            latency.merge(other.latency)
            inFlight = max(inFlight, other.inFlight)
        }

        var success: Double? { requests == 0 ? nil : Double(succeeded) / Double(requests) }

        func quantile(_ probability: Double) -> Double? {
            if latency.isEmpty { return nil }
            var full = LatencyHistogram()
            full.merge(latency)
            return full.quantile(probability)?.seconds
        }
    }

    /// A stretch of time, traffic by service number.
    struct Point: Sendable, Hashable {
        var start: Double
        var end: Double
        var services: [Int: Traffic]

        mutating func merge(_ other: Point) {
            end = other.end
            services.merge(other.services) { first, second in
                var sum = first
                sum.merge(second)
                return sum
            }
        }
    }

    /// Something that was live for a while; `end` nil: it still is.
    struct Stretch: Sendable, Hashable {
        var name: String
        var start: Double
        var end: Double?
    }

    static let mostPoints = 360
    /// What is left at the end of a phase may be too short to say anything about a rate.
    private static let leastLength = 0.25

    private(set) var points: [Point] = []
    private(set) var phases: [Stretch] = []
    private(set) var faults: [Stretch] = []
    /// Moments worth a line: a guard that came true, a pause.
    private(set) var marks: [Stretch] = []
    private(set) var length = 0.0
    private(set) var serviceNames: [String]
    private var secondsPerPoint = 0
    private var secondsInLast = 0
    private var lastEnd = 0.0

    package init(_ start: RunStart) {
        serviceNames = start.directory.services.map(\.name)
        secondsPerPoint = 1
    }

    /// Takes in what happened `at` seconds after the beginning.
    package mutating func note(_ event: JournalEvent, at seconds: Double) {
        length = max(length, seconds)
        switch event {
        case .phaseBegan(let phase, _, _): phases.append(Stretch(name: phase, start: seconds))
        case .phaseEnded(let phase, _): Self.end(phase, in: &phases, at: seconds)
        case .faultLive(let entry, _): faults.append(Stretch(name: entry, start: seconds))
        case .faultOver(let entry, _): Self.end(entry, in: &faults, at: seconds)
        case .guardTripped(let condition, _): mark(condition, at: seconds)
        case .paused: mark("paused", at: seconds)
        case .resumed: mark("resumed", at: seconds)
        case .directory(let directory): serviceNames = directory.services.map(\.name)
        case .second(let second): add(second, at: seconds)
        default: break
        }
    }

    private mutating func mark(_ name: String, at seconds: Double) {
        if marks.count < Self.mostPoints { marks.append(Stretch(name: name, start: seconds, end: seconds)) }
    }

    private static func end(_ name: String, in stretches: inout [Stretch], at seconds: Double) {
        guard let index = stretches.lastIndex(where: { $0.name == name && $0.end == nil }) else { return }
        stretches[index].end = seconds
    }
}

extension RunCourse {
    private mutating func add(_ second: Second, at seconds: Double) {
        let point = Point(start: lastEnd, end: seconds, services: Self.traffic(of: second))
        lastEnd = seconds
        if point.end - point.start < Self.leastLength, !points.isEmpty { return points[points.count - 1].merge(point) }
        if secondsInLast > 0, secondsInLast < secondsPerPoint, !points.isEmpty {
            points[points.count - 1].merge(point)
            secondsInLast += 1
        } else {
            points.append(point)
            secondsInLast = 1
        }
        if points.count > Self.mostPoints { halve() }
    }

    private static func traffic(of second: Second) -> [Int: Traffic] {
        var services: [Int: Traffic] = [:]
        for series in second.series {
            let one = Traffic(
                requests: series.counts.exchanges, succeeded: series.counts.succeeded, latency: series.latency)
            services[series.key.service, default: Traffic()].merge(one)
        }
        for (service, gauges) in second.gauges.services.enumerated() where gauges.inFlight > 0 {
            services[service, default: Traffic()].inFlight = gauges.inFlight
        }
        return services
    }

    private mutating func halve() {
        var halved: [Point] = []
        for (index, point) in points.enumerated() {
            if index.isMultiple(of: 2) { halved.append(point) } else { halved[halved.count - 1].merge(point) }
        }
        secondsInLast = points.count.isMultiple(of: 2) ? secondsPerPoint * 2 : secondsInLast
        secondsPerPoint *= 2
        points = halved
    }
}
