// Bodies followed in one piece, byte by byte and in two parts at every place: always the same end, payload and fault.

import Testing
import Units

@testable import HTTP1

@Suite("Body framing")
struct BodyFramingTests {
    /// What a body came to when fed in pieces of the given sizes, the last of them repeated.
    private func follow(_ kind: BodyFraming.Kind, _ text: String, pieces: [Int]) -> BodyFraming.Consumption {
        var body = BodyFraming(kind)
        var total = BodyFraming.Consumption()
        let bytes = Array(text.utf8)
        var position = 0
        var piece = 0
        while position < bytes.count || total.count == 0 {
            let size = min(pieces[min(piece, pieces.count - 1)], bytes.count - position)
            let part = Array(bytes[position..<position + size]).withBytes { body.consume($0) }
            #expect(part.count <= size)
            #expect(part.payload <= part.count)
            total.count += part.count
            total.payload += part.payload
            total.isComplete = part.isComplete
            total.error = part.error
            if part.isComplete || part.error != nil || size == 0 { break }
            #expect(part.count == size)
            position += size
            piece += 1
        }
        return total
    }

    private func followEveryWay(_ kind: BodyFraming.Kind, _ text: String) -> BodyFraming.Consumption {
        let whole = follow(kind, text, pieces: [text.utf8.count])
        #expect(follow(kind, text, pieces: [1]) == whole)
        for split in 1..<max(2, text.utf8.count) {
            #expect(follow(kind, text, pieces: [split, text.utf8.count]) == whole)
        }
        return whole
    }

    static let whole: [(String, Int)] = [
        ("0\r\n\r\n", 0),
        ("5\r\nhello\r\n0\r\n\r\n", 5),
        ("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", 12),
        ("A\r\n0123456789\r\n0\r\n\r\n", 10),
        ("a\r\n0123456789\r\n000\r\n\r\n", 10),
        ("0000000000000005\r\nhello\r\n0\r\n\r\n", 5),
        ("5;name=value\r\nhello\r\n0;last\r\n\r\n", 5),
        ("5;name=\"quoted; value\"\r\nhello\r\n0\r\n\r\n", 5),
        ("2\r\n\r\n\r\n0\r\n\r\n", 2),
        ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", 5),
        ("0\r\nX-Sum: 1\r\nY:\r\n\r\n", 0),
        ("3\r\nabc\r\n0\r\nExpires: never\r\nHostess: x\r\nContent-Lengthy: 3\r\n\r\n", 3),
    ]

    @Test("a chunked body ends after its trailers, at every split", arguments: whole)
    func chunked(_ text: String, _ payload: Int) {
        let expected = BodyFraming.Consumption(count: text.utf8.count, payload: payload, isComplete: true)
        #expect(followEveryWay(.chunked, text) == expected)
        #expect(followEveryWay(.chunked, text + "GET / HTTP/1.1\r\n") == expected)
    }

    @Test("a chunked body cut short anywhere is not whole", arguments: whole)
    func cutShort(_ text: String, _ payload: Int) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            var body = BodyFraming(.chunked)
            let part = Array(bytes[..<count]).withBytes { body.consume($0) }
            #expect(part.count == count)
            #expect(!part.isComplete)
            #expect(part.error == nil)
            #expect(!body.isWholeAtClose)
        }
    }

    static let broken: [(String, Int, HTTPError)] = [
        ("\r\n", 0, .badChunkSize), ("x\r\n", 0, .badChunkSize), (";a\r\n", 0, .badChunkSize),
        ("+5\r\nhello\r\n", 0, .badChunkSize), ("-5\r\n", 0, .badChunkSize), ("0x5\r\n", 1, .badChunkSize),
        (" 5\r\n", 0, .badChunkSize), ("5 \r\nhello\r\n", 1, .badChunkSize), ("5 ;a\r\n", 1, .badChunkSize),
        ("5_0\r\n", 1, .badChunkSize), ("5,5\r\n", 1, .badChunkSize), ("5\u{0B}\r\n", 1, .badChunkSize),
        ("00000000000000005\r\n", 16, .badChunkSize), ("1000000000000000\r\n", 15, .badChunkSize),
        ("FFFFFFFFFFFFFFFF\r\n", 15, .badChunkSize), ("10000000000000005\r\n", 15, .badChunkSize),
        ("5\nhello\r\n", 1, .bareLineFeed), ("5\rhello", 2, .bareCarriageReturn),
        ("5;a\nhello\r\n", 3, .bareLineFeed), ("5;a\rb\r\n", 4, .bareCarriageReturn),
        ("5;a\0b\r\n", 3, .badChunkExtension),
        ("5\r\nhelloX", 8, .badChunkEnd), ("5\r\nhello\n0\r\n", 8, .badChunkEnd), ("5\r\nhello\rX", 9, .badChunkEnd),
        ("5\r\nhello\r\n\r\n", 10, .badChunkSize),
        ("0\r\n X: y\r\n", 3, .foldedLine), ("0\r\nX: y\r\n\tz\r\n", 9, .foldedLine),
        ("0\r\nX : y\r\n", 4, .spaceBeforeColon), ("0\r\nX\r\n", 4, .badTrailer), ("0\r\n: y\r\n", 3, .badTrailer),
        ("0\r\nX: \0\r\n", 6, .badHeaderValue), ("0\r\nX: y\n", 7, .bareLineFeed), ("0\r\n\n", 3, .bareLineFeed),
        ("0\r\n\rX", 4, .bareCarriageReturn), ("0\r\nX: y\rZ", 8, .bareCarriageReturn),
        ("0\r\nContent-Length: 5\r\n\r\n", 17, .framingInTrailer),
        ("0\r\ntransfer-ENCODING: chunked\r\n\r\n", 20, .framingInTrailer),
        ("0\r\nHost: b\r\n\r\n", 7, .framingInTrailer),
    ]

    @Test("a broken chunked body stops before the byte that breaks it, at every split", arguments: broken)
    func refuses(_ text: String, _ count: Int, _ error: HTTPError) {
        let result = followEveryWay(.chunked, text)
        #expect(result.error == error)
        #expect(result.count == count)
        #expect(!result.isComplete)
    }

    @Test("a broken body stays broken")
    func stays() {
        var body = BodyFraming(.chunked)
        for _ in 0..<2 {
            let result = Array("x5\r\nhello".utf8).withBytes { body.consume($0) }
            #expect(result == BodyFraming.Consumption(error: .badChunkSize))
        }
    }

    @Test("extensions and trailers have limits")
    func limits() {
        let long = "5;" + String(repeating: "e", count: 1025) + "\r\n"
        #expect(follow(.chunked, long, pieces: [7]).error == .chunkExtensionTooLong)
        let fine = "5;" + String(repeating: "e", count: 1024) + "\r\nhello\r\n0\r\n\r\n"
        #expect(follow(.chunked, fine, pieces: [7]).isComplete)
        let many = "0\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n"
        #expect(follow(.chunked, many, pieces: [7]).error == .trailersTooLarge)
        let large = "0\r\nX: " + String(repeating: "y", count: 16_384) + "\r\n\r\n"
        #expect(follow(.chunked, large, pieces: [777]).error == .trailersTooLarge)
    }

    @Test("a body of a known length ends there")
    func length() {
        let result = followEveryWay(.length(5), "helloGET")
        #expect(result == BodyFraming.Consumption(count: 5, payload: 5, isComplete: true))
        var body = BodyFraming(.length(5))
        let part = Array("hell".utf8).withBytes { body.consume($0) }
        #expect(!part.isComplete)
        #expect(!body.isWholeAtClose)
        #expect(body.declaredLength == 5)
    }

    @Test("no body takes nothing, a body until the close takes all")
    func others() {
        var none = BodyFraming(.none)
        #expect(Array("x".utf8).withBytes { none.consume($0) } == BodyFraming.Consumption(isComplete: true))
        #expect(none.isWholeAtClose)
        let all = followEveryWay(.untilClose, "anything\r\n\r\n")
        #expect(all == BodyFraming.Consumption(count: 12, payload: 12))
        #expect(BodyFraming(.untilClose).isWholeAtClose)
    }

    @Test("no more payload is taken than asked for, and no byte beyond it")
    func payloadMaximum() {
        let text = Array("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n".utf8)
        for (maximum, count) in [(0, 3), (1, 4), (5, 13), (6, 14), (11, 19), (12, 27)] {
            var body = BodyFraming(.chunked)
            let result = text.withBytes { body.consume($0, payloadMaximum: maximum) }
            #expect(result.payload == maximum)
            #expect(result.count == count)
            let rest = Array(text[count...]).withBytes { body.consume($0) }
            #expect(rest.isComplete)
            #expect(rest.payload == 12 - maximum)
        }
    }
}
