import EventLoop
import Foundation
import TestSupport
import Testing

@testable import Control

/// Who may reach the control plane, and what is said to others.
@Suite("The control plane's doors")
struct ControlSafetyTests {
    private static let loopback = Gatekeeper(bound: .loopback(port: 8474), token: nil)

    @Test(
        "only our own names are a host",
        arguments: [
            ("127.0.0.1:8474", 0), ("localhost", 0), ("LOCALHOST:8474", 0), ("[::1]:8474", 0), ("127.9.9.9", 0),
            ("evil.example", 403), ("localhost.evil.example:8474", 403), ("10.0.0.5:8474", 403), ("", 403),
            ("0.0.0.0", 403),
        ])
    func hosts(host: String, status: Int) {
        let request = ServerRequest(method: .get, target: "/", fields: [.init(name: "Host", value: host)])
        #expect(Self.loopback.refusal(of: request, isOpen: false)?.status ?? 0 == status)
    }

    @Test(
        "other sites are refused, our own pages are not",
        arguments: [
            ("Origin", "http://127.0.0.1:8474", 0), ("Origin", "http://evil.example", 403), ("Origin", "null", 403),
            ("Origin", "https://127.0.0.1:8474", 403), ("Sec-Fetch-Site", "cross-site", 403),
            ("Sec-Fetch-Site", "same-site", 403), ("Sec-Fetch-Site", "same-origin", 0), ("Sec-Fetch-Site", "none", 0),
        ])
    func origins(name: String, value: String, status: Int) {
        let fields = [("Host", "127.0.0.1:8474"), (name, value)]
        let request = ServerRequest(
            method: .post, target: "/", fields: fields.map { .init(name: $0.0, value: $0.1) })
        #expect(Self.loopback.refusal(of: request, isOpen: false)?.status ?? 0 == status)
    }

    @Test("a request without a host, or with two, is none")
    func hostFields() {
        #expect(Self.loopback.refusal(of: ServerRequest(method: .get, target: "/"), isOpen: true)?.status == 400)
        let host = ServerRequest.Field(name: "Host", value: "localhost")
        let twice = ServerRequest(method: .get, target: "/", fields: [host, host])
        #expect(Self.loopback.refusal(of: twice, isOpen: true)?.status == 400)
    }

    @Test("an address that others can reach needs a token; tokens are kept to oneself and long enough")
    func tokens() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "token").path
            func open(_ token: String, mode: Int) throws -> ControlDoor? {
                try token.write(toFile: file, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                return try ControlOptions(address: "0.0.0.0:0", tokenFile: file).open()
            }
            #expect(throws: ControlError.self) { try ControlOptions(address: "0.0.0.0:0").open() }
            #expect(throws: ControlError.self) { try open("0123456789abcdef", mode: 0o644) }
            #expect(throws: ControlError.self) { try open("", mode: 0o600) }
            #expect(throws: ControlError.self) { try open("short", mode: 0o600) }
            let door = try #require(try open("0123456789abcdef", mode: 0o600))
            door.socket.close()
        }
    }

    @Test("an address that is none, and one that is taken, are said before anything starts: exit code 1")
    func addresses() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "")
            let holder = try TestOrigin.echo()
            for address in ["nonsense", "example.com:80", "127.0.0.1", "127.0.0.1:\(holder.port)", "0.0.0.0:0"] {
                let result = try Product.run(["serve", play.file, "--control", address])
                #expect(result.status == 1, "\(address)")
                #expect(result.errors.contains(address))
                #expect(!result.output.contains("payments at"))
            }
        }
    }

    @Test("`run --control`: its run can be watched and ended, and nothing else be changed")
    func run() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: calm, for: 1m }]\n")
            let run = try RunningProduct(["run", play.file, "--workers", "1", "--control", "127.0.0.1:0"])
            let port = try run.port(after: "control at http://127.0.0.1:")
            func status(_ method: String, _ path: String, _ body: String = "") throws -> Int {
                let socket = try TestSocket.connect(port: port)
                try socket.send(
                    "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                return try #require(try TestReader(socket).message()).status
            }
            #expect(try status("GET", "/v1/run") == 200)
            #expect(try status("GET", "/v1/services/payments") == 200)
            #expect(try status("POST", "/v1/services/payments/disable") == 409)
            #expect(try status("POST", "/v1/faults?ttl=1m", "{service: payments, error: 503}") == 409)
            #expect(try status("POST", "/v1/run/pause") == 200)
            #expect(try status("POST", "/v1/run/abort") == 204)
            #expect(eventually { !run.isRunning })
        }
    }
}
