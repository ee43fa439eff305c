import Foundation
import Glibc
import TestSupport
import Testing

/// SIGHUP: the built binary reads its file again.
@Suite("Services read again", .serialized)
struct ReloadTests {
    private func write(_ services: [String], to file: String) throws {
        let lines = services.map { "  \($0)\n" }.joined()
        try "brownout: 1\nservices:\n\(lines)".write(toFile: file, atomically: true, encoding: .utf8)
    }

    @Test("services come, move, change their protocol and go; one that cannot be bound is said, the others go on")
    func reload() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "services.yaml").path
            let (web, taken) = (try TestOrigin.http { _ in ok("web") }, try TestOrigin.echo())
            let payments = "payments: { listen: \"127.0.0.1:0\", protocol: http, to: \"127.0.0.1:\(web.port)\" }"
            try write([payments], to: file)
            let serve = try RunningProduct(["serve", file, "--control", "none", "--workers", "2"])
            let port = try serve.port(after: "http://127.0.0.1:")
            let caller = try Caller(port: port)
            #expect(try caller.get().bodyText == "web")
            let books = "books: { listen: \"127.0.0.1:0\", protocol: tcp, to: \"127.0.0.1:\(taken.port)\" }"
            let blocked = "blocked: { listen: \"127.0.0.1:\(taken.port)\", protocol: tcp, to: \"127.0.0.1:1\" }"
            try write([payments, blocked, books], to: file)
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("read again: books is new") })
            let complaint = "listen tcp 127.0.0.1:\(taken.port): bind: address already in use"
            #expect(eventually { serve.text.contains(complaint) })
            let socket = try TestSocket.connect(port: try serve.port(after: "added service books: tcp at 127.0.0.1:"))
            try socket.send("x")
            #expect(try socket.receive() == Array("x".utf8))
            try write([books], to: file)
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("read again: payments is gone") })
            #expect(throws: TestSocketError.refused) { try TestSocket.connect(port: port) }
            try socket.send("y")
            #expect(try socket.receive() == Array("y".utf8))
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("read again: no service has changed") })
            #expect(serve.end() == 0)
        }
    }
}
