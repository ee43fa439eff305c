// One line a finished exchange or TCP connection, as JSON. Lines are made on the writer's thread from records.
//
//     time          when it began, ISO 8601, UTC, milliseconds
//     service, endpoint, zone, phase           names; endpoint, zone and phase are left out where there is none
//     protocol      http or tcp
//     connection    worker-number of the caller's connection; exchange: which one on it, from 0
//     reused        whether that connection had carried an exchange before
//     status        what the caller saw; 0: nothing
//     outcome       a word of Outcome
//     injected      whether a fault acted; fault: the entry
//     spared_by     the entry that was met and let it go, where no fault acted
//     draw          which of those that met that entry it was, from 0; left out where there was no draw
//     duration_ms   head received to last byte sent; first_byte_ms: the dependency's own, left out if none came
//     asked_ms, achieved_ms                    injected delay, left out where there was none
//     bytes_up, bytes_down

import Foundation
package import Units

/// Writes a line for each exchange.
package final class AccessLog {
    /// Puts the monotonic clock's times on the wall.
    package struct WallClock: Sendable {
        let monotonic: Instant
        let seconds: Double

        /// The two clocks at one moment; `seconds` since 1970.
        package init(monotonic: Instant, seconds: Double) {
            self.monotonic = monotonic
            self.seconds = seconds
        }

        func seconds(of nanoseconds: Int64) -> Double {
            seconds + (Instant(nanoseconds: nanoseconds) - monotonic).seconds
        }
    }

    private let writer: LineWriter
    private let clock: WallClock
    private var pending: [AttemptRecord] = []

    /// Appends to `path`; throws when it cannot be written.
    package init(path: String, clock: WallClock) throws(ObservationError) {
        writer = try LineWriter(path: path, name: "the access log", isAppending: true)
        self.clock = clock
    }

    /// What became of its lines so far.
    package var status: WriterStatus { writer.status }

    /// Keeps records for the next `flush`.
    package func consume(_ records: Span<AttemptRecord>) {
        for index in records.indices { pending.append(records[index]) }
    }

    /// Hands the records to the writer; call each turn. Never waits.
    package func flush(_ directory: ServiceDirectory) {
        guard !pending.isEmpty else { return }
        let lines = AccessLines(records: pending, directory: directory, clock: clock)
        writer.post(lines: pending.count) { lines.bytes }
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes the rest, for at most `limit`.
    @discardableResult
    package func close(_ directory: ServiceDirectory, within limit: TimeSpan = .seconds(2)) -> WriterStatus {
        flush(directory)
        return writer.close(within: limit)
    }
}

/// Records as lines.
struct AccessLines: Sendable {
    let records: [AttemptRecord]
    let directory: ServiceDirectory
    let clock: AccessLog.WallClock

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 320)
        for record in records {
            bytes += line(record).utf8
            bytes.append(0x0A)
        }
        return bytes
    }

    func line(_ record: AttemptRecord) -> String {
        var line = JSONLine()
        line.add("time", text: Self.time(clock.seconds(of: record.startedAt)))
        addNames(record, to: &line)
        line.add("protocol", text: record.flags.contains(.tcp) ? "tcp" : "http")
        line.add("connection", text: "\(record.worker)-\(record.connection)")
        line.add("exchange", record.ordinal)
        line.add("reused", record.flags.contains(.reusedConnection))
        line.add("status", record.status)
        line.add("outcome", text: record.outcome.word)
        addInjection(record, to: &line)
        line.add("duration_ms", milliseconds: record.duration)
        if record.firstByteAfter >= 0 { line.add("first_byte_ms", milliseconds: record.firstByteAfter) }
        line.add("bytes_up", record.bytesUp)
        line.add("bytes_down", record.bytesDown)
        return line.text
    }

    private func addNames(_ record: AttemptRecord, to line: inout JSONLine) {
        guard Int(record.service) < directory.services.count else { return }
        let service = directory.services[Int(record.service)]
        line.add("service", text: service.name)
        if Int(record.endpoint) < service.endpoints.count {
            let endpoint = service.endpoints[Int(record.endpoint)]
            line.add("endpoint", text: endpoint.label)
            if let zone = endpoint.zone { line.add("zone", text: directory.zones[zone]) }
        }
        if let phase = directory.phases(ofStage: Int(record.phase)).last {
            line.add("phase", text: directory.phases[phase])
        }
    }

    private func addInjection(_ record: AttemptRecord, to line: inout JSONLine) {
        let isInjected = record.flags.contains(.injected)
        line.add("injected", isInjected)
        if Int(record.entry) < directory.faults.count {
            line.add(isInjected ? "fault" : "spared_by", text: directory.faults[Int(record.entry)].name)
            if record.draw != AttemptRecord.noDraw { line.add("draw", record.draw) }
        }
        guard record.askedDelay > 0 else { return }
        line.add("asked_ms", milliseconds: record.askedDelay)
        line.add("achieved_ms", milliseconds: record.achievedDelay)
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// A flat JSON object, field by field.
private struct JSONLine {
    private var fields = ""

    var text: String { "{" + fields + "}" }

    mutating func add(_ name: String, text: String) {
        add(name, raw: "\"" + text.jsonEscaped + "\"")
    }

    mutating func add(_ name: String, _ number: some BinaryInteger) { add(name, raw: String(describing: number)) }
    mutating func add(_ name: String, _ flag: Bool) { add(name, raw: flag ? "true" : "false") }

    mutating func add(_ name: String, milliseconds nanoseconds: Int64) {
        add(name, raw: String((Double(nanoseconds) / 1e3).rounded() / 1e3))
    }

    private mutating func add(_ name: String, raw: String) {
        if !fields.isEmpty { fields += "," }
        fields += "\"" + name + "\":" + raw
    }
}

extension String {
    /// Names may hold what JSON wants escaped.
    fileprivate var jsonEscaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                text += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
