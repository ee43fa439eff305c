// Counters of the whole process, for metrics: they only grow, over all runs and all changes of services. Kept by service,
// endpoint and zone; with the control thread, since records end there.
//
//      record ─► key (service, endpoint, status, outcome, fault) ─► cache ─► cell: count, bytes        buckets of its place
//                                                                     └ miss: cells by key
//
// Every record passes here, so the usual way has no hashing of ours and no allocation. Bounded whatever comes and goes:
// places beyond `mostPlaces` count together as `other`.

/// Counts since the process began.
package final class TrafficMeter {
    /// Where an exchange went.
    package struct Place: Sendable, Hashable {
        package var service: String
        /// Empty: none was chosen.
        package var endpoint = ""
        /// Empty: none.
        package var zone = ""
    }

    /// Exchanges and connections of one place that ended in one way.
    package struct Cell: Sendable {
        /// Number of the place.
        package let place: Int
        package let isTCP: Bool
        /// 0: none was sent.
        package let status: UInt16
        package let outcome: Outcome
        package let isUnderFault: Bool
        package fileprivate(set) var count = 0
        package fileprivate(set) var bytesUp: UInt64 = 0
        package fileprivate(set) var bytesDown: UInt64 = 0
    }

    /// A fault by name and kind.
    package struct Fault: Sendable, Hashable {
        package var name: String
        package var kind: String

        package init(name: String, kind: String) {
            self.name = name
            self.kind = kind
        }
    }

    /// A value, so that a batch of records is one access to it: each would be checked for overlapping ones.
    private var book = TrafficBook()
    package private(set) var injections: [Fault: Int] = [:]
    private var lastInjections: [Fault: Int] = [:]

    static let mostPlaces = 1_000
    static let mostFaults = 1_000
    fileprivate static let other = "other"

    package var places: [Place] { book.places }
    package var cells: [Cell] { book.cells }
    /// By place: durations by bucket.
    package var latencies: [DurationBuckets] { book.latencies }

    package init() {}

    /// The numbers in records mean this from now on.
    package func follow(_ directory: ServiceDirectory) { book.follow(directory) }

    /// Counts exchanges and connections; O(their number).
    package func consume(_ records: Span<AttemptRecord>) { book.consume(records) }

    /// The injections of faults as their own counters stand: those begin anew with each run, what is kept here goes on.
    package func note(_ counts: [Fault: Int]) {
        guard counts != lastInjections else { return }
        for (fault, count) in counts {
            let last = lastInjections[fault] ?? 0
            let added = count >= last ? count - last : count
            let isKept = injections[fault] != nil || injections.count < Self.mostFaults
            injections[isKept ? fault : Fault(name: Self.other, kind: Self.other), default: 0] += added
        }
        lastInjections = counts
    }
}

/// What records are counted in.
private struct TrafficBook {
    typealias Place = TrafficMeter.Place
    typealias Cell = TrafficMeter.Cell

    private struct CacheLine {
        var key = UInt64.max
        var cell = 0
    }

    private(set) var places: [Place] = []
    private(set) var cells: [Cell] = []
    private(set) var latencies: [DurationBuckets] = []
    private var services: [ServiceDirectory.Entry] = []
    private var zones: [String] = []
    private var cellNumbers: [UInt64: Int] = [:]
    private var cache = [CacheLine](repeating: CacheLine(), count: 64)

    mutating func follow(_ directory: ServiceDirectory) {
        guard directory.services != services || directory.zones != zones else { return }
        (services, zones) = (directory.services, directory.zones)
        cellNumbers.removeAll(keepingCapacity: true)
        cache = [CacheLine](repeating: CacheLine(), count: 64)
    }

    mutating func consume(_ records: Span<AttemptRecord>) {
        for index in records.indices {
            let record = records[index]
            let number = cell(of: record)
            cells[number].count += 1
            cells[number].bytesUp &+= record.bytesUp
            cells[number].bytesDown &+= record.bytesDown
            latencies[cells[number].place].add(record.duration)
        }
    }

    // MARK: Cells

    private mutating func cell(of record: AttemptRecord) -> Int {
        let ways = UInt64(record.outcome.rawValue) << 8 | UInt64(record.flags.rawValue & 0b101)
        let key =
            UInt64(record.service) << 48 | UInt64(record.endpoint) << 32 | UInt64(record.status) << 16 | ways
        let line = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 58)
        if cache[line].key == key { return cache[line].cell }
        let number = cellNumbers[key] ?? add(record, key)
        cache[line] = CacheLine(key: key, cell: number)
        return number
    }

    private mutating func add(_ record: AttemptRecord, _ key: UInt64) -> Int {
        let cell = Cell(
            place: number(of: place(of: record)), isTCP: record.flags.contains(.tcp), status: record.status,
            outcome: record.outcome, isUnderFault: record.flags.contains(.injected))
        let known = cells.firstIndex {
            $0.place == cell.place && $0.isTCP == cell.isTCP && $0.status == cell.status && $0.outcome == cell.outcome
                && $0.isUnderFault == cell.isUnderFault
        }
        if known == nil { cells.append(cell) }
        cellNumbers[key] = known ?? cells.count - 1
        return known ?? cells.count - 1
    }

    private mutating func number(of place: Place) -> Int {
        if let known = places.firstIndex(of: place) { return known }
        let other = Place(service: TrafficMeter.other, endpoint: TrafficMeter.other)
        if places.count >= TrafficMeter.mostPlaces, place != other { return number(of: other) }
        places.append(place)
        latencies.append(DurationBuckets())
        return places.count - 1
    }

    private func place(of record: AttemptRecord) -> Place {
        guard Int(record.service) < services.count else { return Place(service: TrafficMeter.other) }
        let service = services[Int(record.service)]
        guard Int(record.endpoint) < service.endpoints.count else { return Place(service: service.name) }
        let endpoint = service.endpoints[Int(record.endpoint)]
        let zone = endpoint.zone.flatMap { zones.indices.contains($0) ? zones[$0] : nil }
        return Place(service: service.name, endpoint: endpoint.label, zone: zone ?? "")
    }
}
