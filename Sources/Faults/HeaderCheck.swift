// Fields that a scenario writes into answers: names that are names, values that stay on their line, and no field that
// would frame the body or manage the connection, because those are the session's.

import Scenario

/// Checks of written header fields.
enum HeaderCheck {
    private static let framing: Set = ["content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"]

    /// What is wrong with a field; nil when it is fine.
    static func problem(_ field: HeaderField) -> String? {
        if let problem = problem(name: field.name) { return problem }
        guard field.value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else { return nil }
        return "the value of \(field.name) has a control character"
    }

    static func problem(name: String) -> String? {
        if !isName(name) { return "\"\(name)\" is not a field name" }
        return framing.contains(name.lowercased()) ? "\(name) belongs to the framing and cannot be set" : nil
    }

    /// RFC 9110, 5.6.2.
    static func isName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isTokenByte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
