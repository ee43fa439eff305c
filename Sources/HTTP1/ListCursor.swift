// The elements of a comma-separated list value (RFC 9110, section 5.6.1), one after the other and without copies.
// Quoted strings are not treated: no list that frames a message or manages a connection has them.

import Units

/// A walk over the elements of a list.
struct ListCursor {
    private var position: Int
    private let end: Int

    init(_ value: Extent) {
        position = value.lowerBound
        end = value.upperBound
    }

    /// The next element without the blanks around it (it may be empty); nil after the last.
    mutating func next(in bytes: Bytes) -> Extent? {
        guard position <= end else { return nil }
        let start = position
        while position < end, bytes[position] != ASCII.comma { position += 1 }
        defer { position += 1 }
        return ListCursor.trimmed(start, position, in: bytes)
    }

    /// `start..<end` without the blanks at both ends.
    @inline(__always)
    static func trimmed(_ start: Int, _ end: Int, in bytes: Bytes) -> Extent {
        var first = start
        var last = end
        while first < last, ASCII.isBlank(bytes[first]) { first &+= 1 }
        while last > first, ASCII.isBlank(bytes[last &- 1]) { last &-= 1 }
        return Extent(first, last)
    }
}
