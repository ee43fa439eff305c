// A borrowed run of bytes: the currency between socket, parser, faults and pipe.
//
// Invariant that makes this type safe to use: whoever makes a `Bytes` keeps its memory alive
// and unchanged until the callback that received it returns; nobody stores a `Bytes` beyond that.
// Every subscript is checked against `count`.
//
// `@inlinable`, because parsers in other rooms read byte by byte: without it a call for each byte made up a seventh of the
// instructions of parsing a head.

/// A view of bytes that is valid until the current callback returns.
@safe
@usableFromInline package struct Bytes {
    @usableFromInline package let pointer: UnsafeRawPointer
    @usableFromInline package let count: Int

    @inlinable @unsafe package init(pointer: UnsafeRawPointer, count: Int) {
        unsafe self.pointer = pointer
        self.count = count
    }

    @inlinable package var isEmpty: Bool { count == 0 }

    @inlinable package subscript(index: Int) -> UInt8 {
        // One unsigned comparison: a negative index is a very large one.
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
        return unsafe pointer.load(fromByteOffset: index, as: UInt8.self)
    }

    /// The bytes of `range`; O(1).
    @inlinable package subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        return unsafe Bytes(pointer: pointer + range.lowerBound, count: range.count)
    }

    @inlinable package func dropFirst(_ length: Int) -> Bytes {
        precondition(length >= 0, "negative length")
        let dropped = min(length, count)
        return unsafe Bytes(pointer: pointer + dropped, count: count &- dropped)
    }

    @inlinable package func prefix(_ length: Int) -> Bytes {
        precondition(length >= 0, "negative length")
        return unsafe Bytes(pointer: pointer, count: min(length, count))
    }

    /// A copy of the bytes; O(n).
    package var array: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// The bytes read as UTF-8, invalid sequences replaced; O(n), not for the request path.
    package var string: String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: pointer, count: count), as: UTF8.self)
    }
}

extension [UInt8] {
    /// Calls `body` with a view of the array's bytes.
    package func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
        try unsafe withUnsafeBytes { buffer in
            // An empty array has no address; any non-null one will do, as no byte of it can be read.
            let base = unsafe buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
            return try unsafe body(Bytes(pointer: base, count: buffer.count))
        }
    }
}
