import Foundation
import Synchronization
import TestSupport
import Testing

/// What the all-clear and an abort promise, whatever peers do: when the call has returned, no exchange that begins afterwards
/// is harmed, and what was held goes on.
@Suite("The all-clear under load")
struct AllClearTests {
    private static let faults = [
        "{ name: sick, service: payments, match: { path: /busy }, error: 503 }",
        "{ name: held, service: payments, match: { path: /held }, hang: { at: head } }",
        "{ name: late, service: payments, match: { path: /late }, latency: { fixed: 1h, hold: before } }",
        "{ name: slow, service: payments, match: { path: /slow }, bandwidth: 1B/s }",
    ]

    private static let script = "timeline: [{ phase: storm, for: 10m, faults: [\(faults.joined(separator: ", "))] }]"

    private enum Way: String, CaseIterable { case faultsByHand, run }

    /// Callers that ask on and on until they are told to stop, and count answers that were not 200 after `isClear`.
    private final class Busy: Sendable {
        let isOver = Atomic(false)
        let isClear = Atomic(false)
        let harmed = Atomic(0)
        let answers = Atomic(0)
        let sick = Atomic(0)
        let left = Atomic(0)

        func start(port: UInt16) {
            left.add(1, ordering: .sequentiallyConsistent)
            TestThread.start {
                defer { self.left.subtract(1, ordering: .sequentiallyConsistent) }
                guard let caller = try? Caller(port: port) else { return }
                while !self.isOver.load(ordering: .sequentiallyConsistent) { self.ask(caller) }
            }
        }

        private func ask(_ caller: Caller) {
            let beganClear = isClear.load(ordering: .sequentiallyConsistent)
            let status = (try? caller.get("/busy"))?.status
            if status == 503 { sick.add(1, ordering: .sequentiallyConsistent) }
            guard beganClear else { return }
            answers.add(1, ordering: .sequentiallyConsistent)
            if status != 200 { harmed.add(1, ordering: .sequentiallyConsistent) }
        }
    }

    @Test("nothing that begins after the call is harmed, and all that was held goes on", arguments: Way.allCases)
    private func clear(way: Way) throws {
        try APIBench.run { bench in
            try begin(way, bench)
            let port = try bench.serve.port(after: "payments at http://127.0.0.1:")
            let busy = Busy()
            for _ in 0..<8 { busy.start(port: port) }
            let held = try ["/held", "/late", "/slow"].flatMap { path in try (0..<20).map { _ in try ask(path, port) } }
            let stalled = try (0..<20).map { _ in try stall(port) }
            #expect(try eventually { try bench.metric("brownout_injections_total{fault=\"held\"") ?? 0 >= 20 })
            #expect(eventually { busy.sick.load(ordering: .sequentiallyConsistent) > 100 })
            try end(way, bench)
            busy.isClear.store(true, ordering: .sequentiallyConsistent)
            #expect(try Caller(port: port).get("/held").status == 200)
            for socket in held { #expect(try TestReader(socket).message()?.status == 200) }
            #expect(eventually { busy.answers.load(ordering: .sequentiallyConsistent) > 100 })
            busy.isOver.store(true, ordering: .sequentiallyConsistent)
            #expect(eventually { busy.left.load(ordering: .sequentiallyConsistent) == 0 })
            #expect(busy.harmed.load(ordering: .sequentiallyConsistent) == 0)
            withExtendedLifetime(stalled) {}
        }
    }

    private func begin(_ way: Way, _ bench: APIBench) throws {
        switch way {
        case .faultsByHand:
            for fault in Self.faults { _ = try bench.json("POST", "/v1/faults?ttl=10m", fault, status: 201) }
        case .run: _ = try bench.json("POST", "/v1/runs?start=true", "brownout: 1\n" + Self.script, status: 201)
        }
    }

    private func end(_ way: Way, _ bench: APIBench) throws {
        let answer =
            switch way {
            case .faultsByHand: try bench.ask("DELETE", "/v1/faults")
            case .run: try bench.ask("POST", "/v1/run/abort")
            }
        #expect(answer.status == 204)
    }

    private func ask(_ path: String, _ port: UInt16) throws -> TestSocket {
        let socket = try TestSocket.connect(port: port)
        try socket.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        return socket
    }

    /// A caller that asks for more than it ever reads.
    private func stall(_ port: UInt16) throws -> TestSocket {
        let socket = try TestSocket.connect(port: port)
        socket.setReceiveBuffer(bytes: 2_048)
        socket.setTimeout(seconds: 1)
        try socket.send(String(repeating: "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", count: 200))
        return socket
    }
}
