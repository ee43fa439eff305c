// Where the tallies of a series stand: a service, a zone of it, the age of the connection. Slots are given out in pairs (new,
// reused) when a service and zone first have traffic, so services and zones may come later; those of a service that is
// forgotten are given out again.

import Scenario

/// Slot numbers by service, zone and age.
struct SeriesSlots: Sendable {
    /// By service, then by zone + 1: the first slot of the pair, -1 while there is none.
    private var pairs: [[Int]] = []
    /// By pair.
    private var owners: [(service: Int, zone: Int?)] = []
    private var free: [Int] = []

    /// Where `record` counts; nil: its service has no name.
    mutating func slot(of record: AttemptRecord, _ directory: ServiceDirectory) -> Int? {
        let service = Int(record.service)
        guard service < directory.services.count else { return nil }
        let endpoints = directory.services[service].endpoints
        let zone = Int(record.endpoint) < endpoints.count ? endpoints[Int(record.endpoint)].zone : nil
        return slot(service: service, zone: zone, isReused: record.flags.contains(.reusedConnection))
    }

    /// O(1).
    mutating func slot(service: Int, zone: Int?, isReused: Bool) -> Int {
        while pairs.count <= service { pairs.append([]) }
        let place = (zone ?? -1) + 1
        while pairs[service].count <= place { pairs[service].append(-1) }
        if pairs[service][place] < 0 { pairs[service][place] = newPair(service, zone) }
        return pairs[service][place] + (isReused ? 1 : 0)
    }

    private mutating func newPair(_ service: Int, _ zone: Int?) -> Int {
        if let pair = free.popLast() {
            owners[pair / 2] = (service, zone)
            return pair
        }
        owners.append((service, zone))
        return owners.count * 2 - 2
    }

    /// Those that had traffic: of one zone or all, of one age of connections or both.
    func slots(of selection: Selection) -> [Int] {
        guard selection.service < pairs.count else { return [] }
        let places = pairs[selection.service].enumerated().filter { place, pair in
            pair >= 0 && (selection.zone == nil || selection.zone == place - 1)
        }
        return places.flatMap { _, pair in
            switch selection.connections {
            case nil: [pair, pair + 1]
            case .reused: [pair + 1]
            case .new: [pair]
            }
        }
    }

    func key(ofSlot slot: Int, stage: UInt16) -> SeriesKey {
        let owner = owners[slot / 2]
        return SeriesKey(
            service: owner.service, zone: owner.zone, stage: stage == AttemptRecord.none ? nil : Int(stage),
            isReused: slot % 2 == 1)
    }

    /// Lets the slots of `service` go, and answers them.
    mutating func forget(service: Int) -> [Int] {
        guard service < pairs.count else { return [] }
        let forgotten = pairs[service].filter { $0 >= 0 }
        free += forgotten
        pairs[service] = []
        return forgotten.flatMap { [$0, $0 + 1] }
    }
}
