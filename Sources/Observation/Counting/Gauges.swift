// Figures that are read off rather than counted: how many exchanges are under way, how many connections are open, how
// late the loops are. Over a stretch of time a gauge means the highest value seen in it.

/// What is open at one service.
package struct ServiceGauges: Sendable, Hashable, Codable {
    package var inFlight: Int
    package var connections: Int

    package init(inFlight: Int, connections: Int) {
        self.inFlight = inFlight
        self.connections = connections
    }

    mutating func raise(to other: ServiceGauges) {
        inFlight = max(inFlight, other.inFlight)
        connections = max(connections, other.connections)
    }
}

/// All gauges at one moment, or the highest of several moments.
package struct Gauges: Sendable, Hashable, Codable {
    /// By service number.
    package var services: [ServiceGauges]
    /// The worst of all loops, in seconds.
    package var loopLag: Double?

    package init(services: [ServiceGauges] = [], loopLag: Double? = nil) {
        self.services = services
        self.loopLag = loopLag
    }

    mutating func raise(to other: Gauges) {
        for (index, gauges) in other.services.enumerated() {
            if index < services.count { services[index].raise(to: gauges) } else { services.append(gauges) }
        }
        loopLag = [loopLag, other.loopLag].compactMap { $0 }.max()
    }
}
