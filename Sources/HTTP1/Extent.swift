// Where a piece of a head is: offsets, not bytes, so that a head can be kept while its bytes move to another buffer.

package import Units

/// A run of bytes inside a head, as offsets from the head's first byte.
package struct Extent: Equatable, Sendable, BitwiseCopyable {
    package let start: UInt32
    package let end: UInt32

    @inline(__always) init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// The extent of nothing.
    package static var none: Extent { Extent(0, 0) }

    package var lowerBound: Int { Int(start) }
    package var upperBound: Int { Int(end) }
    package var range: Range<Int> { Int(start)..<Int(end) }
    package var count: Int { Int(end) &- Int(start) }
    package var isEmpty: Bool { start == end }

    /// The bytes of this extent, given the bytes of the head.
    package func of(_ head: Bytes) -> Bytes { head[range] }
}

/// One field line of a head, as offsets from the head's first byte.
package struct FieldLine: Equatable, Sendable, BitwiseCopyable {
    private let start: UInt32
    private let colon: UInt32
    /// Just after the line's CR LF.
    private let end: UInt32

    @inline(__always) init(_ start: Int, colon: Int, end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.colon = UInt32(truncatingIfNeeded: colon)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    package var name: Extent { Extent(Int(start), Int(colon)) }
    /// The whole line with its CR LF; a line begins with its name.
    package var line: Extent { Extent(Int(start), Int(end)) }

    /// What is between the colon and the CR, without the blanks around it.
    ///
    /// The line has no control bytes but tabs, so what is not above a space is a blank.
    package func value(in head: Bytes) -> Extent {
        let first = Int(colon) &+ 2
        let last = Int(end) &- 2
        if first < last, head[first &- 1] == ASCII.space, head[first] > ASCII.space, head[last &- 1] > ASCII.space {
            return Extent(first, last)
        }
        return unusualValue(in: head)
    }

    /// The value of a line that has no blank after the colon, or more than one, or blanks at its end.
    @inline(never)
    private func unusualValue(in head: Bytes) -> Extent {
        var first = Int(colon) &+ 1
        var last = Int(end) &- 2
        while first < last, head[first] <= ASCII.space { first &+= 1 }
        while last > first, head[last &- 1] <= ASCII.space { last &-= 1 }
        return Extent(first, last)
    }
}
