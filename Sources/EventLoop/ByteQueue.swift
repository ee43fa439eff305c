// Bytes that wait: a tail that the peer would not accept yet, or what a fault holds back.
// Contiguous memory with a head and a tail offset; takes no memory for bytes while empty.
//
//      memory   [ gone | waiting ............ | free ]
//               0      head                   tail   capacity
//
// Invariant: 0 <= head <= tail <= capacity, and `memory` is this queue's alone.

package import Units

/// A first-in first-out queue of bytes; frees its memory whenever it runs empty.
@safe
package final class ByteQueue {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    package init() {
        unsafe memory = nil
    }

    deinit {
        unsafe memory?.deallocate()
    }

    package var count: Int { tail - head }
    package var isEmpty: Bool { tail == head }

    /// Copies `bytes` behind what waits; amortised O(count of bytes).
    package func append(_ bytes: Bytes) {
        if bytes.isEmpty { return }
        makeRoom(for: bytes.count)
        unsafe memory!.advanced(by: tail).copyMemory(from: bytes.pointer, byteCount: bytes.count)
        tail += bytes.count
    }

    /// Calls `body` with the first `limit` waiting bytes; the view ends with the call.
    package func withBytes<Result>(limit: Int = .max, _ body: (Bytes) -> Result) -> Result {
        let base = unsafe memory ?? UnsafeMutableRawPointer(bitPattern: 1)!
        return unsafe body(Bytes(pointer: UnsafeRawPointer(base + head), count: min(count, limit)))
    }

    /// Changes bits of the byte `offset` places behind the first.
    package func flip(_ mask: UInt8, at offset: Int) {
        precondition(offset >= 0 && offset < count, "no such byte")
        guard let memory = unsafe memory else { return }
        let byte = unsafe memory.advanced(by: head + offset).assumingMemoryBound(to: UInt8.self)
        unsafe byte.pointee ^= mask
    }

    /// Drops the first `length` bytes; releases the memory when nothing is left.
    package func removeFirst(_ length: Int) {
        precondition(length <= count, "more than the queue holds")
        head += length
        if head == tail { removeAll() }
    }

    package func removeAll() {
        unsafe memory?.deallocate()
        unsafe memory = nil
        (capacity, head, tail) = (0, 0, 0)
    }

    private func makeRoom(for length: Int) {
        if capacity - tail >= length { return }
        let waiting = count
        let needed = waiting + length
        if capacity >= needed && head >= capacity / 2 {
            unsafe memory!.copyMemory(from: memory! + head, byteCount: waiting)
        } else {
            grow(to: max(needed, min(capacity * 2, capacity + 1_048_576), 1024), keeping: waiting)
        }
        (head, tail) = (0, waiting)
    }

    private func grow(to size: Int, keeping waiting: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let old = unsafe memory {
            unsafe larger.copyMemory(from: old + head, byteCount: waiting)
            unsafe old.deallocate()
        }
        unsafe memory = larger
        capacity = size
    }
}
