// The grain of all counting: a service, the zone of the endpoint that served it, the phases that were live, and whether
// the caller's connection was new. Everything coarser is a sum over keys.

/// What a tally is about.
package struct SeriesKey: Sendable, Hashable, Codable {
    package var service: Int
    /// nil: an endpoint in no zone, or none chosen.
    package var zone: Int?
    /// nil: between phases.
    package var stage: Int?
    package var isReused: Bool

    package init(service: Int, zone: Int?, stage: Int?, isReused: Bool) {
        self.service = service
        self.zone = zone
        self.stage = stage
        self.isReused = isReused
    }
}
