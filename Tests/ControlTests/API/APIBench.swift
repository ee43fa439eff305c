// The built binary with a control plane, one HTTP service and an origin behind it, asked over real sockets.

import Foundation
import TestSupport
import Testing

/// `brownout serve` under control.
final class APIBench {
    let origin: TestOrigin
    let serve: RunningProduct
    let port: UInt16

    /// `rest`: everything behind the services.
    init(in directory: URL, _ rest: String = "", options: [String] = []) throws {
        let play = try Play(in: directory, rest)
        origin = play.origin
        serve = try RunningProduct(
            ["serve", play.file, "--control", "127.0.0.1:0", "--workers", "2"] + options)
        port = try serve.port(after: "control at http://127.0.0.1:")
        #expect(try eventually { try ask("GET", "/readyz").status == 200 })
    }

    static func run(_ rest: String = "", options: [String] = [], _ body: (APIBench) throws -> Void) throws {
        try Scratch.withDirectory { try body(try APIBench(in: $0, rest, options: options)) }
    }

    /// Asks on a connection of its own.
    func ask(_ method: String, _ path: String, _ body: String? = nil, fields: [String] = []) throws -> TestMessage {
        let socket = try TestSocket.connect(port: port)
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        try socket.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try #require(try TestReader(socket).message(headOnly: method == "HEAD"))
    }

    /// The answer's JSON, which must have this status.
    func json(
        _ method: String, _ path: String, _ body: String? = nil, status: Int = 200
    ) throws -> [String: Any] {
        let answer = try ask(method, path, body)
        #expect(answer.status == status, "\(method) \(path): \(answer.bodyText)")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    /// A caller of the service.
    func caller() throws -> Caller { try Caller(port: try serve.port(after: "payments at http://127.0.0.1:")) }

    func metric(_ line: String) throws -> Double? {
        try ask("GET", "/metrics").bodyText.split(separator: "\n").first { $0.hasPrefix(line) }
            .flatMap { Double($0.split(separator: " ").last ?? "") }
    }

    var residentKilobytes: Int { number(after: "VmRSS:", in: "status") }

    var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(serve.processIdentifier)/fd").count) ?? 0
    }

    private func number(after key: String, in file: String) -> Int {
        let text = try? String(contentsOfFile: "/proc/\(serve.processIdentifier)/\(file)", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
