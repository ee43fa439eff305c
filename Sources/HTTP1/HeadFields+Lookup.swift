// Reading fields and cookies by name, for rules that match on them.

package import Units

extension HeadFields {
    /// The value of the first field with this lower-case name; O(fields).
    package func first(_ lowercaseName: [UInt8], in bytes: Bytes) -> Bytes? {
        for index in 0..<count where bytes.isSame(self[index].name, as: lowercaseName) {
            return self[index].value(in: bytes).of(bytes)
        }
        return nil
    }

    /// The value of the first cookie with this name, whose case counts (RFC 6265, section 4.2); O(bytes of Cookie
    /// fields).
    package func cookie(_ name: [UInt8], in bytes: Bytes) -> Bytes? {
        for index in 0..<count where Literal.cookie.matches(self[index].name, in: bytes) {
            if let value = HeadFields.cookie(name, within: self[index].value(in: bytes), of: bytes) { return value }
        }
        return nil
    }

    private static func cookie(_ name: [UInt8], within value: Extent, of bytes: Bytes) -> Bytes? {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, bytes[end] != ASCII.semicolon { end += 1 }
            let pair = ListCursor.trimmed(start, end, in: bytes)
            if pair.count > name.count, bytes[pair.lowerBound + name.count] == ASCII.equals,
                bytes[pair.lowerBound..<pair.lowerBound + name.count].isExactly(name)
            {
                return bytes[pair.lowerBound + name.count + 1..<pair.upperBound]
            }
            start = end + 1
        }
        return nil
    }
}

extension Bytes {
    func isSame(_ extent: Extent, as lowercase: [UInt8]) -> Bool {
        guard extent.count == lowercase.count else { return false }
        for index in 0..<lowercase.count
        where ASCII.lowercased(self[extent.lowerBound + index]) != lowercase[index] {
            return false
        }
        return true
    }

    func isExactly(_ text: [UInt8]) -> Bool {
        guard count == text.count else { return false }
        for index in 0..<count where self[index] != text[index] { return false }
        return true
    }
}
