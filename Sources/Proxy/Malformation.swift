// Garbage that stands in for a part of a response: never by accident anything that a lenient parser could take for HTTP.

import Faults

/// What `malform` makes of a response's head, and of its body's first chunk.
enum Malformation {
    static let statusLine = "HTQ/x.1 two-hundred \u{1}\r\n"
    static let field = "x-brown\u{0}out without a colon\r\n"
    /// In place of the size of a chunk.
    static let chunk = "g0x-\r\nnobody knows how long\r\n"

    /// `head` with garbage in the part asked for; `length` is that of the body it frames.
    static func head(_ head: [UInt8], _ part: Malform.Part, length: Int64?) -> [UInt8] {
        switch part {
        case .statusLine:
            let end = head.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.count
            return Array(statusLine.utf8) + head[end...]
        case .header: return inserting(field, head)
        case .length: return inserting(lengths(length), head)
        case .chunk: return head
        }
    }

    /// With the one that frames a body of `length`, at least two that disagree.
    private static func lengths(_ length: Int64?) -> String {
        guard let length, length > 0 else { return "Content-Length: 7\r\nContent-Length: 11\r\n" }
        return "Content-Length: \(length &+ 4)\r\n"
    }

    /// `line` as the last of the head's.
    private static func inserting(_ line: String, _ head: [UInt8]) -> [UInt8] {
        Array(head.dropLast(2)) + Array(line.utf8) + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }
}
