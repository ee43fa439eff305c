// One receive buffer for all connections of a loop: bytes are looked at and sent on before the next recv,
// so nothing is allocated per connection while the peer keeps up.
//
// Invariant: a view made by `bytes` is used only until the next receive on the same loop.

package import Units

/// The loop's shared receive buffer.
@safe
package final class ScratchBuffer {
    package static let defaultCapacity = 256 * 1024

    let memory: UnsafeMutableRawPointer
    package let capacity: Int

    package init(capacity: Int = ScratchBuffer.defaultCapacity) {
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        self.capacity = capacity
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// The first `count` bytes received.
    package func bytes(_ count: Int) -> Bytes {
        precondition(count <= capacity, "more bytes than the buffer holds")
        return unsafe Bytes(pointer: UnsafeRawPointer(memory), count: count)
    }

    /// Puts `bytes` at the start, so that a receive can go on behind them.
    package func copyIn(_ bytes: Bytes) {
        precondition(bytes.count <= capacity, "more bytes than the buffer holds")
        unsafe memory.copyMemory(from: bytes.pointer, byteCount: bytes.count)
    }
}
