// Requests that two readers could take for different messages: each must be refused, and for the right reason.
//
// Drawn from the published research: RFC 9112 sections 9 and 11.2; Linhart and others 2005; Kettle 2019 to 2025
// (CL.TE, TE.CL, TE.TE, 0.CL, Expect); Grenfeldt 2021; Jabiyev's T-Reqs 2021; "TERM.EXT" and trailer merging 2025;
// and CVEs of known servers.

import Testing
import Units

@testable import HTTP1

@Suite("Smuggling")
struct SmugglingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var head: String
        var error: HTTPError
        var testDescription: String { name }

        init(_ name: String, _ fields: String, _ error: HTTPError) {
            self.name = name
            head = "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n"
            self.error = error
        }

        init(_ name: String, head: String, _ error: HTTPError) {
            self.name = name
            self.head = head
            self.error = error
        }
    }

    static let lengths: [Case] = [
        Case("two equal lengths", "Content-Length: 5\r\nContent-Length: 5", .repeatedLength),
        Case("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6", .conflictingLength),
        Case("two lengths in different case", "Content-Length: 5\r\ncontent-LENGTH: 6", .conflictingLength),
        Case("a list of equal lengths", "Content-Length: 5, 5", .badLength),
        Case("a list of lengths", "Content-Length: 5,6", .badLength),
        Case("a plus sign", "Content-Length: +5", .badLength),
        Case("a minus sign", "Content-Length: -5", .badLength),
        Case("a hexadecimal length", "Content-Length: 0x5", .badLength),
        Case("an empty length", "Content-Length:", .badLength),
        Case("a length with a blank inside", "Content-Length: 5 6", .badLength),
        Case("a quoted length", "Content-Length: \"5\"", .badLength),
        Case("a fraction", "Content-Length: 5.0", .badLength),
        Case("an exponent", "Content-Length: 1e1", .badLength),
        Case("an underscore", "Content-Length: 1_0", .badLength),
        Case("a length beyond 64 bits", "Content-Length: 18446744073709551621", .badLength),
        Case("a length with a NUL", "Content-Length: 5\0", .badHeaderValue),
        Case("a length with a form feed", "Content-Length: \u{0C}5", .badHeaderValue),
        Case("a length in Arabic digits", "Content-Length: ٥", .badLength),
    ]

    static let codings: [Case] = [
        Case("both framings", "Content-Length: 5\r\nTransfer-Encoding: chunked", .bothFramings),
        Case("both framings, the other way", "Transfer-Encoding: chunked\r\nContent-Length: 5", .bothFramings),
        Case("both framings, a length of nothing", "Transfer-Encoding: chunked\r\nContent-Length: 0", .bothFramings),
        Case("chunked twice in a list", "Transfer-Encoding: chunked, chunked", .badTransferEncoding),
        Case(
            "chunked twice in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            .badTransferEncoding),
        Case("chunked not last", "Transfer-Encoding: chunked, gzip", .badTransferEncoding),
        Case(
            "chunked, then identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", .badTransferEncoding),
        Case("chunked, then nothing", "Transfer-Encoding: chunked,", .badTransferEncoding),
        Case("nothing, then chunked", "Transfer-Encoding: ,chunked", .badTransferEncoding),
        Case("an empty coding", "Transfer-Encoding:", .badTransferEncoding),
        Case("only gzip", "Transfer-Encoding: gzip", .badTransferEncoding),
        Case("identity", "Transfer-Encoding: identity", .unknownTransferCoding),
        Case("xchunked", "Transfer-Encoding: xchunked", .unknownTransferCoding),
        Case("chunkedx", "Transfer-Encoding: chunkedx", .unknownTransferCoding),
        Case("quoted chunked", "Transfer-Encoding: \"chunked\"", .unknownTransferCoding),
        Case("chunked with a parameter", "Transfer-Encoding: chunked;q=1", .unknownTransferCoding),
        Case("cow chunked", "Transfer-Encoding: cow chunked", .unknownTransferCoding),
        Case("a Kelvin sign for k", "Transfer-Encoding: chun\u{212A}ed", .unknownTransferCoding),
        Case("a vertical tab before chunked", "Transfer-Encoding: \u{0B}chunked", .badHeaderValue),
        Case("a NUL after chunked", "Transfer-Encoding: chunked\0", .badHeaderValue),
        Case("a bare CR after chunked", "Transfer-Encoding: chunked\rX: y", .bareCarriageReturn),
        Case("a bare LF after chunked", "Transfer-Encoding: chunked\nX: y", .bareLineFeed),
        Case("a space before the colon", "Transfer-Encoding : chunked", .spaceBeforeColon),
        Case("a tab before the colon", "Transfer-Encoding\t: chunked", .spaceBeforeColon),
        Case("a vertical tab before the colon", "Transfer-Encoding\u{0B}: chunked", .badHeaderName),
        Case("a NUL in the name", "Transfer\0-Encoding: chunked", .badHeaderName),
        Case("a coding folded away", "Transfer-Encoding:\r\n chunked", .badTransferEncoding),
        Case("a folded value", "X: y\r\n chunked", .foldedLine),
        Case("a folded coding with a tab", "Transfer-Encoding: gzip\r\n\t, chunked", .foldedLine),
        Case("a blank before the name", " Transfer-Encoding: chunked", .foldedLine),
        Case("a name in a line of its own", "X: y\r\nTransfer-Encoding\r\n: chunked", .badHeaderName),
        Case("a colon without a name", ": chunked", .badHeaderName),
        Case("a name in quotes", "\"Transfer-Encoding\": chunked", .badHeaderName),
        Case("a name with a slash", "Transfer/Encoding: chunked", .badHeaderName),
        Case("a name beyond ASCII", "Transfer-Encodiñg: chunked", .badHeaderName),
        Case(
            "a coding in HTTP/1.0", head: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            .transferEncodingInOldVersion),
    ]

    static let lines: [Case] = [
        Case("LF alone ends the request line", head: "GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        Case("LF alone ends the head", head: "GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        Case("CR alone ends the head", head: "GET / HTTP/1.1\r\nHost: a\r\n\rx", .bareCarriageReturn),
        Case("CR CR LF", head: "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .bareCarriageReturn),
        Case("two spaces after the method", head: "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a tab after the method", head: "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .badMethod),
        Case("a space in the target", head: "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a tab in the target", head: "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a version in the target", head: "GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a space after the version", head: "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a space before the method", head: " GET / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("no target", head: "GET HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("no version (HTTP/0.9)", head: "GET /index.html\r\n\r\n", .badRequestLine),
        Case("HTTP/2 in clear text", head: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .badVersion),
        Case("HTTP/1.2", head: "GET / HTTP/1.2\r\nHost: a\r\n\r\n", .badVersion),
        Case("a lower-case version", head: "GET / http/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("a version with a leading zero", head: "GET / HTTP/01.1\r\nHost: a\r\n\r\n", .badRequestLine),
        Case("TLS on a clear port", head: "\u{16}\u{03}\u{01}\u{02}", .badHeaderValue),
        Case("a method with a colon", head: "GET: / HTTP/1.1\r\nHost: a\r\n\r\n", .badMethod),
        Case("a target without a slash", head: "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("an asterisk for GET", head: "GET * HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("CONNECT to a path", head: "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("CONNECT without a port", head: "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("CONNECT with an empty port", head: "CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("CONNECT with an empty host", head: "CONNECT :80 HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case(
            "CONNECT with content", head: "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\n",
            .contentInConnect),
        Case("a control byte in a value", "X: a\u{01}b", .badHeaderValue),
        Case("DEL in a value", "X: a\u{7F}b", .badHeaderValue),
        Case("a line without a colon", "X", .badHeaderName),
        Case(
            "forty Connection options", "Connection: " + Array(repeating: "a", count: 40).joined(separator: ","),
            .tooManyConnectionOptions),
    ]

    static let hosts: [Case] = [
        Case("no Host", head: "GET / HTTP/1.1\r\nX: y\r\n\r\n", .missingHost),
        Case("two Hosts", "Host: b", .repeatedHost),
        Case("the same Host twice", "hOST: a", .repeatedHost),
        Case("two Hosts in HTTP/1.0", head: "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .repeatedHost),
        Case("a Host with a blank", head: "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badHost),
        Case("a Host with a comma", head: "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", .badHost),
        Case("a Host with a path", head: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
        Case("a Host with a user", head: "GET / HTTP/1.1\r\nHost: b@a\r\n\r\n", .badHost),
        Case("a Host with a query", head: "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n", .badHost),
        Case("another host in the target", head: "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", .conflictingHost),
        Case("another port in the target", head: "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n", .conflictingHost),
        Case("a user in the target", head: "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        Case("a target with an empty host", head: "GET http:///p HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
    ]

    static let all = lengths + codings + lines + hosts

    @Test("is refused for its reason", arguments: all)
    func refused(_ sample: Case) {
        #expect(parseRequest(sample.head).result == .invalid(sample.error))
    }

    @Test("is refused for its reason when it arrives byte by byte", arguments: all)
    func refusedSplit(_ sample: Case) {
        #expect(parseRequestByBytes(sample.head).result == .invalid(sample.error))
    }

    @Test("is never complete when followed by another request", arguments: all)
    func refusedPipelined(_ sample: Case) {
        #expect(parseRequest(sample.head + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").result == .invalid(sample.error))
    }

    @Test("every reason has a status and a text")
    func reasons() {
        let texts = Set(HTTPError.allCases.map(\.reason))
        #expect(texts.count == HTTPError.allCases.count)
        #expect(HTTPError.allCases.allSatisfy { (400...505).contains($0.status) })
        #expect(HTTPError.unknownTransferCoding.status == 501)
        #expect(HTTPError.badVersion.status == 505)
        #expect(HTTPError.headTooLarge.status == 431)
    }
}

@Suite("Limits of heads")
struct HeadLimitTests {
    static let limits = HeadLimits(headBytesMaximum: 100, fieldsMaximum: 3)

    @Test("a head of exactly the limit is complete, one byte more is not")
    func bytes() {
        let head = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let exact = head + String(repeating: "x", count: 100 - head.utf8.count - 4) + "\r\n\r\n"
        let longer = head + String(repeating: "x", count: 100 - head.utf8.count - 3) + "\r\n\r\n"
        for parse in [parseRequest, parseRequestByBytes] {
            #expect(parse(exact, HeadLimitTests.limits).result == .complete(headLength: 100))
            #expect(parse(longer, HeadLimitTests.limits).result == .invalid(.headTooLarge))
        }
    }

    @Test("a request line that reaches the limit is a target too long")
    func target() {
        let text = "GET /" + String(repeating: "x", count: 100)
        for parse in [parseRequest, parseRequestByBytes] {
            #expect(parse(text, HeadLimitTests.limits).result == .invalid(.targetTooLong))
            let field = "GET / HTTP/1.1\r\nCookie: " + text
            #expect(parse(field, HeadLimitTests.limits).result == .invalid(.headTooLarge))
        }
    }

    @Test("one field more than the limit is too many")
    func fields() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n"
        for parse in [parseRequest, parseRequestByBytes] {
            #expect(parse(start + "\r\n", HeadLimitTests.limits).result == .complete(headLength: start.utf8.count + 2))
            #expect(parse(start + "C: 3\r\n\r\n", HeadLimitTests.limits).result == .invalid(.tooManyFields))
        }
    }
}
