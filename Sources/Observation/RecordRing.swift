// Records on their way from a worker to the control thread: single producer, single consumer, no lock, no wait.
// What does not fit is dropped and counted; traffic never waits for an observer.
//
// Invariant: slots in head..<tail (modulo capacity) belong to the consumer, all others to the producer. The
// producer publishes a slot by a releasing store of `tail`, the consumer gives it back by one of `head`.

import Synchronization

// Sendable: indices and counts are atomics; `slots` is the only other state that changes, and the invariant above, kept by
// the acquiring and releasing pairs on `tail` and `head`, hands each slot to one thread at a time.
/// A bounded queue of records between two threads.
@safe
package final class RecordRing: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<AttemptRecord>
    private let mask: Int
    private let tail = PaddedIndex()
    private let head = PaddedIndex()
    private let droppedCount = Atomic<UInt64>(0)

    /// `capacity` is rounded up to a power of two.
    package init(capacity: Int = 32_768) {
        let size = capacity <= 1 ? 1 : 1 << (Int.bitWidth - (capacity - 1).leadingZeroBitCount)
        unsafe slots = .allocate(capacity: size)
        unsafe slots.initialize(repeating: AttemptRecord(), count: size)
        mask = size - 1
    }

    deinit {
        unsafe slots.deallocate()
    }

    /// Records that did not fit so far.
    package var dropped: UInt64 { droppedCount.load(ordering: .relaxed) }

    /// The producer's side; false when the ring is full.
    @discardableResult
    package func write(_ record: AttemptRecord) -> Bool {
        let position = tail.value.load(ordering: .relaxed)
        if position - head.value.load(ordering: .acquiring) > mask {
            droppedCount.store(droppedCount.load(ordering: .relaxed) + 1, ordering: .relaxed)
            return false
        }
        unsafe slots[position & mask] = record
        tail.value.store(position + 1, ordering: .releasing)
        return true
    }

    /// The consumer's side: shows at most `limit` records in the order in which they were written, and returns their
    /// number. They lie where they are, so `body` is called at most twice: up to the end of the slots, from their
    /// beginning.
    @discardableResult
    package func drain(limit: Int = .max, _ body: (Span<AttemptRecord>) -> Void) -> Int {
        let start = head.value.load(ordering: .relaxed)
        let available = min(tail.value.load(ordering: .acquiring) - start, limit)
        let toEnd = min(available, mask + 1 - start & mask)
        show(start & mask, toEnd, body)
        show(0, available - toEnd, body)
        head.value.store(start + available, ordering: .releasing)
        return available
    }

    private func show(_ first: Int, _ count: Int, _ body: (Span<AttemptRecord>) -> Void) {
        if count == 0 { return }
        let run = unsafe UnsafeBufferPointer(start: slots + first, count: count)
        body(unsafe run.span)
    }
}

/// An index on a cache line of its own, so that the two threads do not share one.
private final class PaddedIndex: Sendable {
    let value = Atomic<Int>(0)
    private let padding: InlineArray<15, Int> = .init(repeating: 0)
}
