// More callers than the table of descriptors has room for: those inside are served, those outside wait and are let in
// as others leave, nothing spins, and the control plane answers all the while.

import Foundation
import TestSupport
import Testing

@Suite("A full table of descriptors", .serialized)
struct FullTableTests {
    static let table = 200

    private func product(_ origin: TestOrigin, _ directory: URL, _ kind: String) throws -> RunningProduct {
        let file = directory.appending(path: "services.yaml")
        let text = """
            brownout: 1
            services:
              api: { listen: "127.0.0.1:0", protocol: \(kind), to: "127.0.0.1:\(origin.port)" }
            """
        try Data(text.utf8).write(to: file)
        let journal = directory.appending(path: "journal.ndjson").path
        return try RunningProduct(
            ["serve", file.path, "--workers", "1", "--control", "127.0.0.1:0", "--journal", journal],
            descriptors: Self.table)
    }

    private func ask(_ socket: TestSocket) throws -> Int? {
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return try TestReader(socket).message()?.status
    }

    /// As the control plane counts them.
    private func callersInside(_ control: UInt16) throws -> Int {
        let socket = try TestSocket.connect(port: control)
        try socket.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(control)\r\n\r\n")
        let page = try #require(try TestReader(socket).message()?.bodyText)
        let line = page.split(separator: "\n").first { $0.hasPrefix("brownout_connections_open{service=\"api\"") }
        return try #require(line?.split(separator: " ").last.flatMap { Int($0) }, "\(page)")
    }

    @Test("those inside are served, those outside wait and are let in as others leave", arguments: ["http", "tcp"])
    func crowd(kind: String) throws {
        try Scratch.withDirectory { directory in
            let origin = try TestOrigin.http { _ in ok("done") }
            let product = try product(origin, directory, kind)
            let port = try product.port(after: kind == "http" ? "api at http://127.0.0.1:" : "api at tcp://127.0.0.1:")
            let control = try product.port(after: "control at http://127.0.0.1:")
            let first = try TestSocket.connect(port: port)
            #expect(try ask(first) == 200)
            first.reset()
            #expect(try eventually { try callersInside(control) == 0 }, "all that is opened once is open now")
            let before = product.descriptors
            // None of them says anything yet, so that an HTTP caller has no connection to the dependency.
            var callers = try (0..<Self.table).map { _ in try TestSocket.connect(port: port) }
            #expect(eventually { product.text.contains("out of descriptors") }, "\(product.text)")
            #expect(product.descriptors < Self.table - 32, "what dependencies need is left free")
            let inside = try callersInside(control)
            #expect(inside > 40 && inside < Self.table / 2, "\(inside)")

            let used = product.processorSeconds
            let began = secondsNow()
            for caller in callers.prefix(inside) { #expect(try ask(caller) == 200) }
            #expect(try callersInside(control) == inside)
            let elapsed = max(secondsNow() - began, 1)
            #expect((product.processorSeconds - used) / elapsed < 0.5, "it spins")

            let waiting = Array(callers.dropFirst(inside))
            callers.removeLast(waiting.count)
            for caller in callers { caller.reset() }
            for caller in waiting.prefix(inside) { #expect(try ask(caller) == 200) }
            for caller in waiting { caller.reset() }
            #expect(eventually { product.descriptors <= before }, "\(product.descriptors), at first \(before)")
            #expect(product.isRunning)
        }
    }
}
