// What a dependency does by itself: times to first byte of exchanges under no fault, the last 10,000 per service.

package import Faults
package import Observation

/// The recent times to first byte of every service.
package struct BaselineCollector: Sendable {
    private var services: [Samples] = []

    /// A ring of seconds.
    private struct Samples: Sendable {
        var isQuiet = true
        var seconds: [Double] = []
        var next = 0

        mutating func add(_ value: Double) {
            if seconds.count < Baseline.mostSamples {
                seconds.append(value)
            } else {
                seconds[next] = value
                next = (next + 1) % Baseline.mostSamples
            }
        }

        /// In the order in which they came.
        var ordered: [Double] { Array(seconds[next...] + seconds[..<next]) }
    }

    package init() {}

    /// While a fault is in force on a service, what its dependency does is no baseline.
    package mutating func note(isQuiet: Bool, service: Int) {
        makeRoom(service)
        services[service].isQuiet = isQuiet
    }

    package mutating func take(_ records: Span<AttemptRecord>) {
        for index in records.indices where records[index].isOrganicAnswer {
            let service = Int(records[index].service)
            if service == AttemptRecord.none { continue }
            makeRoom(service)
            if services[service].isQuiet { services[service].add(Double(records[index].firstByteAfter) / 1e9) }
        }
    }

    /// nil: not enough samples yet.
    package func baseline(service: Int) -> Baseline? {
        services.indices.contains(service) ? Baseline(seconds: services[service].ordered) : nil
    }

    /// The number will mean another service.
    package mutating func forget(service: Int) {
        if services.indices.contains(service) { services[service] = Samples() }
    }

    private mutating func makeRoom(_ service: Int) {
        while services.count <= service { services.append(Samples()) }
    }
}
