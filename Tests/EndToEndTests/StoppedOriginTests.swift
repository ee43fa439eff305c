// A dependency that hangs as a process does that was stopped: its kernel still takes connections and bytes, and nobody
// answers.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A dependency that was stopped in the middle of its work", .serialized)
struct StoppedOriginTests {
    @Test("its callers get 504 after the idle time-out, others are served, and all goes on when it does")
    func stopped() throws {
        try Scratch.withDirectory { directory in
            let nginx = try Nginx(in: directory)
            let other = try TestOrigin.http { _ in ok("other") }
            let product = try serve(stopped: nginx.port, other: other.port, in: directory)
            let ports = try ["stopped", "other"].map { try product.port(after: "\($0) at http://127.0.0.1:") }
            let callers = try (0..<8).map { _ in try TestSocket.connect(port: ports[0]) }
            for caller in callers { #expect(try ask(caller) == 200) }
            nginx.signal(SIGSTOP)
            for caller in callers { try caller.send(Self.request) }
            let neighbour = try TestSocket.connect(port: ports[1])
            for _ in 0..<20 { #expect(try ask(neighbour) == 200) }
            for caller in callers { #expect(try TestReader(caller).message()?.status == 504) }
            #expect(try ask(try TestSocket.connect(port: ports[0])) == 504)
            nginx.signal(SIGCONT)
            #expect(try ask(try TestSocket.connect(port: ports[0])) == 200)
            #expect(product.end() == 0, "\(product.text)")
        }
    }

    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func ask(_ socket: TestSocket) throws -> Int {
        try socket.send(Self.request)
        return try TestReader(socket).message()?.status ?? 0
    }

    private func serve(stopped: UInt16, other: UInt16, in directory: URL) throws -> RunningProduct {
        let file = directory.appending(path: "services.yaml")
        let text = """
            brownout: 1
            services:
              stopped:
                listen: 127.0.0.1:0
                protocol: http
                to: 127.0.0.1:\(stopped)
                timeouts: { connect: 1s, idle: 2s }
              other: { listen: "127.0.0.1:0", protocol: http, to: "127.0.0.1:\(other)" }

            """
        try Data(text.utf8).write(to: file)
        return try RunningProduct(["serve", file.path, "--workers", "1"])
    }
}
