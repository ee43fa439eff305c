// The field lines of a head: where each is.
//
// One table serves head after head: its storage is taken once and `count` says how much of it is in use. The search
// for the end of a value is also the check of its bytes, and the search for the end of a name that of the name. Most
// values are never asked for, so the blanks around them are looked for only then.

import Units

/// The fields of one head.
package struct HeadFields {
    private var table: [FieldLine]
    /// How many field lines there are.
    package private(set) var count = 0

    /// What they say.
    var facts = FieldFacts()
    /// Lines to leave out when the head is forwarded.
    private(set) var cuts: [Extent] = []

    init(limits: HeadLimits) {
        table = Array(repeating: FieldLine(0, colon: 0, end: 0), count: limits.fieldsMaximum)
    }

    /// The field line with this index, which is less than `count`; O(1).
    package subscript(index: Int) -> FieldLine {
        precondition(index < count, "no such field")
        return table[index]
    }

    /// Forgets all fields and keeps the storage.
    @inline(__always)
    mutating func reset() {
        count = 0
        facts = FieldFacts()
        if !cuts.isEmpty { cuts.removeAll(keepingCapacity: true) }
    }

    /// Parses lines from `start` on up to the empty one, and answers the offset after it; nil when the bytes end
    /// before, with `scanned` where the search must go on.
    @inline(__always)
    mutating func parse(_ bytes: Bytes, from start: Int, scanned: inout Int) throws(HTTPError) -> Int? {
        try HeadFields.parse(bytes, from: start, into: &table, &count, &facts, scanned: &scanned)
    }

    /// Works on the parts, so that one span serves all stores into the table.
    @inline(__always)
    private static func parse(
        _ bytes: Bytes, from start: Int, into table: inout [FieldLine], _ count: inout Int, _ facts: inout FieldFacts,
        scanned: inout Int
    ) throws(HTTPError) -> Int? {
        var lines = table.mutableSpan
        var lineStart = start
        var index = 0
        defer {
            count = index
            scanned = lineStart
        }
        while true {
            let opening = Scanner.word(in: bytes, at: lineStart)
            if UInt16(truncatingIfNeeded: opening) == ASCII.lineEnd { return lineStart &+ 2 }
            guard let colon = try FieldName.end(in: bytes, from: lineStart),
                let lineEnd = try LineFinder.end(in: bytes, from: colon)
            else { return nil }
            guard index < lines.count else { throw .tooManyFields }
            let line = FieldLine(lineStart, colon: colon, end: lineEnd &+ 2)
            lines[index] = line
            if FieldName.mayMatter(opening, length: colon &- lineStart) {
                try facts.note(line, opening: opening, index: index, in: bytes)
            }
            lineStart = lineEnd &+ 2
            index &+= 1
        }
    }

    /// Adds a cut, which must not begin before the last one; cuts that touch become one.
    mutating func cut(_ line: Extent) {
        if let last = cuts.last, last.end == line.start {
            cuts[cuts.count - 1] = Extent(last.lowerBound, line.upperBound)
        } else {
            cuts.append(line)
        }
    }
}
