// The numbers in Literals.swift say what their comments say.

import Testing
import Units

@testable import HTTP1

@Suite("Literals")
struct LiteralTests {
    @Test(
        "each literal spells its word",
        arguments: [
            ("te", Literal.te),
            ("host", Literal.host),
            ("expect", Literal.expect),
            ("upgrade", Literal.upgrade),
            ("connection", Literal.connection),
            ("keep-alive", Literal.keepAlive),
            ("content-length", Literal.contentLength),
            ("http2-settings", Literal.http2Settings),
            ("proxy-connection", Literal.proxyConnection),
            ("transfer-encoding", Literal.transferEncoding),
            ("cookie", Literal.cookie),
            ("chunked", Literal.chunked),
            ("gzip", Literal.gzip),
            ("deflate", Literal.deflate),
            ("compress", Literal.compress),
            ("x-gzip", Literal.xGzip),
            ("x-compress", Literal.xCompress),
            ("close", Literal.close),
            ("trailers", Literal.trailers),
            ("100-continue", Literal.continue100),
            ("h2", Literal.http2Prefix),
            ("CONNECT", Literal.connectMethod),
            ("HEAD", Literal.headMethod),
            ("OPTIONS", Literal.optionsMethod),
            ("://", Literal.schemeEnd),
            (":80", Literal.port80),
            (":443", Literal.port443),
            ("HTTP/1.1", Literal.version11),
            ("HTTP/1.0", Literal.version10),
            ("HTTP/", Literal.versionPrefix),
        ])
    func spelling(_ text: String, _ literal: Literal) {
        let bytes = Array(text.utf8)
        #expect(literal.length == bytes.count)
        for (index, byte) in bytes.enumerated() {
            let word = [literal.words.0, literal.words.1, literal.words.2][index / 8]
            #expect(UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8)) == byte)
        }
    }

    @Test("a literal matches in any case and nothing else")
    func matching() {
        let text = Array("Transfer-ENCODING".utf8)
        text.withBytes { #expect(Literal.transferEncoding.matches(Extent(0, 17), in: $0)) }
        for index in 0..<text.count {
            for byte in [UInt8(ascii: "_"), UInt8(ascii: "x") ^ text[index], text[index] ^ 0x40, text[index] | 0x80] {
                var other = text
                other[index] = byte
                if byte | 0x20 == text[index] | 0x20 { continue }
                other.withBytes { #expect(!Literal.transferEncoding.matches(Extent(0, 17), in: $0)) }
            }
        }
    }
}
