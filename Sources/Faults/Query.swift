// Query parameters without a dictionary: one pass over `a=1&b=2`, names and values compared decoded (`%41`, `+`).
// Only a value that has an escape is copied.

import Units

/// The query of a request, read where it lies.
struct Query {
    private let bytes: Bytes

    init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    /// Whether the first parameter of the name fits one alternative.
    func accepts(_ alternatives: NamedAlternatives) -> Bool {
        guard let value = value(of: alternatives.name) else { return alternatives.accepts(nil) }
        guard Self.hasEscape(value) else { return alternatives.accepts(value) }
        return Self.decoded(value).withBytes { alternatives.accepts($0) }
    }

    /// The first value of `name` as written, empty for a name without one.
    private func value(of name: [UInt8]) -> Bytes? {
        var start = 0
        while start < bytes.count {
            let end = index(of: UInt8(ascii: "&"), from: start, to: bytes.count)
            let equals = index(of: UInt8(ascii: "="), from: start, to: end)
            if Self.isName(bytes[start..<equals], name) { return bytes[min(equals + 1, end)..<end] }
            start = end + 1
        }
        return nil
    }

    private func index(of byte: UInt8, from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, bytes[index] != byte { index += 1 }
        return index
    }

    private static func isName(_ written: Bytes, _ name: [UInt8]) -> Bool {
        hasEscape(written) ? decoded(written) == name : written.equals(name)
    }

    private static func hasEscape(_ bytes: Bytes) -> Bool {
        for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "%") || bytes[index] == UInt8(ascii: "+") {
            return true
        }
        return false
    }

    /// Escapes resolved; a broken one stays as it is.
    private static func decoded(_ bytes: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), let byte = escaped(bytes, index) {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func escaped(_ bytes: Bytes, _ index: Int) -> UInt8? {
        guard index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else {
            return nil
        }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
