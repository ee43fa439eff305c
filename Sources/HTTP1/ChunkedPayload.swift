// What a chunked body carries, without its coding.

/// Takes whole chunked bodies apart.
package enum ChunkedPayload {
    /// The payload of `body`, which a `BodyFraming` has found to be whole; nil when it is not.
    package static func bytes(of body: [UInt8]) -> [UInt8]? {
        var payload: [UInt8] = []
        var position = 0
        while let end = lineEnd(body, from: position), let size = size(body[position..<end]) {
            position = end + 2
            if size == 0 { return payload }
            guard size <= body.count - position else { return nil }
            payload += body[position..<position + size]
            position += size + 2
        }
        return nil
    }

    private static func lineEnd(_ body: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 1 < body.count {
            if body[index] == ASCII.carriageReturn, body[index + 1] == ASCII.lineFeed { return index }
            index += 1
        }
        return nil
    }

    /// Hexadecimal, up to an extension.
    private static func size(_ line: ArraySlice<UInt8>) -> Int? {
        let digits = line.prefix { $0 != ASCII.semicolon && $0 != ASCII.space && $0 != UInt8(ascii: "\t") }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
