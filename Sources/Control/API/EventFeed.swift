// Server-sent events: what happens, as it happens, for any number of listeners.
//
//      happened, second ─► numbered ─► ring of the last 2,048 ─► every stream
//
// An id is the feed's own mark and a number. Who comes back with the id that it saw last gets what it missed, as far as
// the ring reaches; a gap is said (`missed`), never hidden. A listener that does not take what it is sent is cut off by
// its stream.

import EventLoop
import Foundation
import Observation
import Units

/// The events of one control plane.
final class EventFeed {
    private struct Item {
        let number: Int
        let bytes: [UInt8]
    }

    static let kept = 2_048
    static let mostStreams = 64
    /// Comments keep dead connections from staying unseen.
    private static let heartbeat = TimeSpan.seconds(10)

    private let mark = String(UInt64.random(in: .min ... .max), radix: 36)
    private var ring: [Item] = []
    private var next = 0
    private var count = 0
    private var streams: [ServerStream] = []
    private var pulse: SecondPulse?
    private var beatAt = Instant.zero

    var listeners: Int { streams.count }

    // MARK: What happens

    func happened(_ event: JournalEvent) {
        if let name = event.feedName { publish(name, EventAnswer(event)) }
    }

    /// Once a second: rates, percentiles, injections.
    func ticked(_ desk: any ControlDesk, at now: Instant) {
        streams.removeAll { !$0.isOpen }
        var pulse = pulse ?? SecondPulse(at: now)
        if let second = pulse.take(desk, at: now) { publish("second", second) }
        self.pulse = pulse
        guard now - beatAt >= Self.heartbeat else { return }
        beatAt = now
        streams.removeAll { !$0.send(Array(": still here\n\n".utf8)) }
    }

    private func publish(_ name: String, _ value: some Encodable) {
        count += 1
        let item = Item(number: count, bytes: Self.bytes(name, id: id(count), value))
        if ring.count < Self.kept {
            ring.append(item)
        } else {
            ring[next] = item
            next = (next + 1) % Self.kept
        }
        streams.removeAll { !$0.send(item.bytes) }
    }

    // MARK: Listeners

    /// `last`: the id of the last event that the listener saw.
    func attach(_ exchange: ServerExchange, after last: String?) {
        guard streams.count < Self.mostStreams else {
            return exchange.reply(.error(503, "\(Self.mostStreams) listeners are here already"))
        }
        let fields = [
            ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"),
        ]
        guard let stream = exchange.stream(fields.map { ServerRequest.Field(name: $0.0, value: $0.1) }) else { return }
        stream.send(Array("retry: 1000\n: brownout events\n\n".utf8))
        if let last { replay(to: stream, after: last) }
        streams.append(stream)
    }

    private func replay(to stream: ServerStream, after last: String) {
        let seen = number(of: last) ?? 0
        let kept = ring[next...] + ring[..<next]
        let missed = (kept.first?.number ?? count + 1) - 1 - seen
        if missed > 0 || number(of: last) == nil {
            stream.send(Self.bytes("missed", id: nil, MissedAnswer(missed: max(0, missed))))
        }
        for item in kept where item.number > seen { stream.send(item.bytes) }
    }

    func close() {
        for stream in streams { stream.finish() }
        streams.removeAll()
    }

    // MARK: Wire

    private func id(_ number: Int) -> String { "\(mark)-\(number)" }

    /// nil: another process's.
    private func number(of id: String) -> Int? {
        let parts = id.split(separator: "-")
        guard parts.count == 2, parts[0] == mark, let number = Int(parts[1]), 0...count ~= number else { return nil }
        return number
    }

    private static func bytes(_ name: String, id: String?, _ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let data = (try? encoder.encode(value)) ?? Data()
        let head = (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: "
        return Array(head.utf8) + [UInt8](data) + [0x0A, 0x0A]
    }
}

/// How much of the past is not kept any more.
struct MissedAnswer: Codable, Sendable {
    var missed: Int
}
