// Shares, byte counts and rates as people write them: 30%, 64KiB, 1MB, 10MB/s, 100/s.

extension Percentage: CustomStringConvertible {
    /// Reads `30%`; may exceed 100 %, the place where it stands knows the bound.
    package init(text: String) throws(QuantityError) {
        guard let part = UnitScanner.single(text), part.unit == "%" || part.unit.isEmpty else {
            throw QuantityError("\"\(text)\" is not a percentage such as 30% or 99.9%")
        }
        guard part.unit == "%" else {
            let isFraction = part.number < 1 && part.number > 0
            let likely = isFraction ? Decimal.text(part.number * 100) : part.digits
            throw QuantityError("\"\(text)\" has no unit", suggestion: likely + "%")
        }
        // Read as a decimal: 99.9 / 100 is not 0.999.
        self.init(fraction: Double(part.digits + "e-2") ?? part.number / 100)
    }

    package var description: String { Decimal.text(fraction * 100) + "%" }
}

extension ByteCount: CustomStringConvertible {
    /// Unit names with their bytes.
    static let units: [(name: String, bytes: Double)] = [
        ("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("KiB", 0x1p10), ("MiB", 0x1p20),
        ("GiB", 0x1p30), ("TiB", 0x1p40),
    ]

    /// Reads `64KiB` (powers of 1024) and `1MB` (powers of 1000).
    package init(text: String) throws(QuantityError) {
        guard let part = UnitScanner.single(text) else {
            throw QuantityError("\"\(text)\" is not a number of bytes such as 512B, 64KiB or 1MB")
        }
        let bytes = part.number * (try Self.unit(of: part, in: text, suffix: ""))
        guard bytes <= 1e18 else { throw QuantityError("\"\(text)\" is more than 1000000TB") }
        guard bytes == bytes.rounded() else { throw QuantityError("\"\(text)\" is not a whole number of bytes") }
        self.init(Int64(bytes))
    }

    static func unit(of part: NumberWithUnit, in text: String, suffix: String) throws(QuantityError) -> Double {
        if let unit = units.first(where: { $0.name + suffix == part.unit }) { return unit.bytes }
        if part.unit.isEmpty {
            throw QuantityError("\"\(text)\" has no unit", suggestion: part.digits + "B" + suffix)
        }
        let meant = units.first { ($0.name + suffix).lowercased() == part.unit.lowercased() }
        throw QuantityError(
            "\"\(part.unit)\" is not a unit of \(suffix.isEmpty ? "bytes" : "bytes per second")"
                + " (B\(suffix), KB\(suffix), KiB\(suffix), MB\(suffix), MiB\(suffix), …)",
            suggestion: meant.map { part.digits + $0.name + suffix })
    }

    package var description: String {
        let exact = Self.units.filter { bytes != 0 && bytes % Int64($0.bytes) == 0 }
        let unit = exact.max { $0.bytes < $1.bytes } ?? Self.units[0]
        return "\(bytes / Int64(unit.bytes))\(unit.name)"
    }
}

extension ByteRate: CustomStringConvertible {
    /// Reads `10MB/s`.
    package init(text: String) throws(QuantityError) {
        guard let part = UnitScanner.single(text) else {
            throw QuantityError("\"\(text)\" is not a rate such as 10MB/s or 512B/s")
        }
        if let unit = ByteCount.units.first(where: { $0.name == part.unit }) {
            throw QuantityError(
                "\"\(text)\" is a number of bytes, not a rate", suggestion: "\(part.digits)\(unit.name)/s")
        }
        self.init(bytesPerSecond: part.number * (try ByteCount.unit(of: part, in: text, suffix: "/s")))
    }

    package var description: String {
        let fitting = ByteCount.units.prefix(5).last { bytesPerSecond >= $0.bytes } ?? ByteCount.units[0]
        return Decimal.text(bytesPerSecond / fitting.bytes) + fitting.name + "/s"
    }
}

extension EventRate: CustomStringConvertible {
    /// Reads `100/s`.
    package init(text: String) throws(QuantityError) {
        guard let part = UnitScanner.single(text), part.unit == "/s" || part.unit.isEmpty else {
            throw QuantityError("\"\(text)\" is not a rate such as 100/s")
        }
        guard part.unit == "/s" else {
            throw QuantityError("\"\(text)\" has no unit", suggestion: part.digits + "/s")
        }
        self.init(perSecond: part.number)
    }

    package var description: String { Decimal.text(perSecond) + "/s" }
}
