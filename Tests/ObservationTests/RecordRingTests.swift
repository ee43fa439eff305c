// The ring as its two threads see it: nothing lost without being counted, nothing twice, nothing out of order.

import Foundation
import Observation
import Testing

@Suite("A ring of records")
struct RecordRingTests {
    private func record(_ number: Int) -> AttemptRecord {
        var record = AttemptRecord()
        record.startedAt = Int64(number)
        // A second field far from the first one shows a torn copy.
        record.ordinal = UInt32(truncatingIfNeeded: number)
        return record
    }

    @Test("gives back what was written, in order, however often it wraps")
    func wraps() {
        let ring = RecordRing(capacity: 8)
        var seen: [AttemptRecord] = []
        for round in 0..<10 {
            for number in 0..<5 { ring.write(record(round * 5 + number)) }
            ring.drain(into: &seen)
        }
        #expect(seen.map(\.startedAt) == (0..<50).map(Int64.init))
        #expect(ring.dropped == 0)
    }

    @Test("refuses what does not fit, counts it, and keeps what was there")
    func full() {
        let ring = RecordRing(capacity: 5)
        let written = (0..<12).map { ring.write(record($0)) }
        #expect(written == Array(repeating: true, count: 8) + Array(repeating: false, count: 4))
        #expect(ring.dropped == 4)
        var seen: [AttemptRecord] = []
        ring.drain(into: &seen)
        #expect(seen.map(\.startedAt) == (0..<8).map(Int64.init))
    }

    @Test("drains no more than asked")
    func limited() {
        let ring = RecordRing(capacity: 8)
        for number in 0..<6 { ring.write(record(number)) }
        var seen: [AttemptRecord] = []
        #expect(ring.drain(limit: 4, into: &seen) == 4)
        #expect(ring.drain(into: &seen) == 2)
        #expect(ring.drain(into: &seen) == 0)
        #expect(seen.map(\.startedAt) == [0, 1, 2, 3, 4, 5])
    }

    @Test("a record is 88 bytes")
    func size() {
        #expect(MemoryLayout<AttemptRecord>.stride == 88)
    }

    @Test("two threads lose nothing but what was counted, and see no torn record", arguments: [2, 64, 4_096])
    func twoThreads(capacity: Int) async {
        let ring = RecordRing(capacity: capacity)
        let count = 200_000
        let producer = Task.detached {
            for number in 1...count { ring.write(self.record(number)) }
        }
        var last: Int64 = 0
        var taken: UInt64 = 0
        var faults = 0
        var batch: [AttemptRecord] = []
        while taken + ring.dropped < UInt64(count) {
            batch.removeAll(keepingCapacity: true)
            if ring.drain(into: &batch) == 0 { await Task.yield() }
            for record in batch {
                if record.startedAt <= last || record.ordinal != UInt32(record.startedAt) { faults += 1 }
                last = record.startedAt
            }
            taken += UInt64(batch.count)
        }
        await producer.value
        #expect(faults == 0)
        #expect(taken + ring.dropped == UInt64(count))
    }
}
