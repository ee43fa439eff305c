// The unit of an attribute: how its numbers are read, printed and bounded. Values are in base units throughout:
// seconds, fractions, bytes, bytes per second, events per second.

package import Units

/// The unit of a magnitude.
package enum Unit: String, Sendable, Hashable, CaseIterable {
    case duration, percentage, bytes, byteRate, eventRate, number

    /// Reads one number with its unit.
    package func read(_ text: String) throws(QuantityError) -> Double {
        switch self {
        case .duration: try TimeSpan(text: text).seconds
        case .percentage: try Percentage(text: text).fraction
        case .bytes: Double(try ByteCount(text: text).bytes)
        case .byteRate: try ByteRate(text: text).bytesPerSecond
        case .eventRate: try EventRate(text: text).perSecond
        case .number: try Self.number(text)
        }
    }

    /// The written form of `value`.
    package func text(_ value: Double) -> String {
        switch self {
        case .duration: TimeSpan(seconds: value).description
        case .percentage: Percentage(fraction: value).description
        case .bytes: ByteCount(Int64(min(value, 9e18))).description
        case .byteRate: ByteRate(bytesPerSecond: value).description
        case .eventRate: EventRate(perSecond: value).description
        case .number: String(EventRate(perSecond: value).description.dropLast(2))
        }
    }

    private static func number(_ text: String) throws(QuantityError) -> Double {
        let isDecimal = text.utf8.allSatisfy {
            $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard isDecimal, text.utf8.count <= 20, text.first != ".", text.last != ".", let number = Double(text) else {
            throw QuantityError("\"\(text)\" is not a plain number")
        }
        return number
    }
}
