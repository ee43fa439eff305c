// JSON that came from outside, as Foundation reads it. One thing must not be lost: whether a number was written as an
// integer. Every cast of Foundation's blurs 1 and 1.0; the type under which it keeps a number does not, so that is asked.

import Foundation

/// A JSON value.
indirect enum JSONInput: Sendable, Hashable {
    case null
    case flag(Bool)
    /// Written without a point and an exponent, and of 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case text(String)
    case list([JSONInput])
    case object([String: JSONInput])

    /// Reads one value and nothing behind it.
    static func read(_ bytes: [UInt8]) throws(JSONInputError) -> JSONInput {
        if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            throw JSONInputError(message: "it is empty")
        }
        do {
            return JSONInput(try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed))
        } catch {
            throw JSONInputError(message: "it is no JSON")
        }
    }

    /// The member of this name, in any case; null means absent. What is written in lower case goes first.
    subscript(name: String) -> JSONInput? {
        guard case .object(let members) = self else { return nil }
        if let exact = members[name], exact != .null { return exact }
        // Only what is as long can be meant: lower-casing every key of a large object takes too long.
        let meant = members.filter {
            $0.key.utf8.count == name.utf8.count && $0.value != .null && $0.key.lowercased() == name
        }
        return meant.min { $0.key < $1.key }?.value
    }

    private init(_ value: Any) {
        switch value {
        case let number as NSNumber: self = Self.scalar(number)
        case let text as String: self = .text(text)
        case let list as [Any]: self = .list(list.map { JSONInput($0) })
        case let members as [String: Any]: self = .object(members.mapValues { JSONInput($0) })
        default: self = .null
        }
    }

    /// Integers of more digits than a double holds may come as decimal numbers; those are exact, too.
    private static func scalar(_ number: NSNumber) -> JSONInput {
        if let decimal = number as? NSDecimalNumber, let integer = Int64(decimal.decimalValue.description) {
            return .integer(integer)
        }
        switch unsafe UInt8(bitPattern: number.objCType.pointee) {
        case UInt8(ascii: "c"), UInt8(ascii: "B"): return .flag(number.boolValue)
        case UInt8(ascii: "d"), UInt8(ascii: "f"): return .number(number.doubleValue)
        default: return Int64(exactly: number).map { .integer($0) } ?? .number(number.doubleValue)
        }
    }

    /// A number of either kind.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

/// What is wrong with a text that should be JSON.
struct JSONInputError: Error, Sendable, Hashable {
    let message: String
}
