// Every file of scenarios/ is played by the built binary, on real listeners, against origins and callers of this test. Only
// addresses are replaced. The exit code says all that counts: every expectation met, and no fault that never bit.

import Faults
import Foundation
import Proxy
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@Suite("Every scenario of the repository can be played", .serialized)
struct PlayedScenariosTests {
    /// Instrumented products and callers need the machine to themselves to keep to a script.
    static let atOnce = Sanitizer.name == nil ? 4 : 2

    /// A busy machine may be too slow for a script that is played so fast: one of three plays must pass.
    @Test("its expectations are met and its faults bite")
    func plays() throws {
        var waiting = try Repository.scenarios()
        #expect(waiting.count >= 20)
        for attempt in 1...3 where !waiting.isEmpty {
            let played = try Self.play(waiting)
            waiting = played.filter { $0.exitCode != 0 }.map(\.path)
            guard attempt == 3 else { continue }
            for play in played { #expect(play.exitCode == 0, "\(play.path)\n\(play.text)") }
        }
    }

    private static func play(_ paths: [String]) throws -> [PlayedScenario] {
        var played: [PlayedScenario] = []
        for start in stride(from: 0, to: paths.count, by: atOnce) {
            let batch = try paths[start..<min(start + atOnce, paths.count)].map { try PlayedScenario($0) }
            for play in batch { play.finish() }
            played += batch
        }
        return played
    }
}

/// One file on its way through the product, with everybody whom it needs.
final class PlayedScenario {
    let path: String
    private(set) var exitCode: Int32 = -1
    var text: String { product.text }
    private let product: RunningProduct
    private let directory: URL
    private let origins: [TestOrigin]
    private let callers: [ScenarioCaller]

    /// Seconds that a play takes: its speed follows from that.
    private static let length = Sanitizer.name == nil ? 10.0 : 20.0

    /// Begins to play.
    init(_ path: String) throws {
        self.path = path
        var text = try String(contentsOfFile: path, encoding: .utf8)
        let decoded = ScenarioDecoder.decode(text: text, fileName: path, catalogue: .standard).file
        let file = try #require(decoded)
        var origins: [String: TestOrigin] = [:]
        for service in file.services {
            for endpoint in service.endpoints where origins[endpoint.to.label] == nil {
                let origin = try service.kind == .http ? Self.httpOrigin() : TestOrigin.echo()
                origins[endpoint.to.label] = origin
                text = text.replacing(endpoint.to.label, with: "127.0.0.1:\(origin.port)")
            }
            for listen in [service.listen] + service.endpoints.compactMap(\.listen) {
                text = text.replacing(listen.label, with: "127.0.0.1:0")
            }
        }
        self.origins = Array(origins.values)
        directory = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let copy = directory.appending(path: "scenario.yaml").path
        try text.write(toFile: copy, atomically: true, encoding: .utf8)
        let speed = max(1, (Timeline(file.timeline).length.seconds / Self.length).rounded(.up))
        let product = try RunningProduct(["run", copy, "--speed", "\(Int(speed))x", "--workers", "1", "--mark"])
        self.product = product
        callers = try file.services.map { service in
            let scheme = service.kind == .http ? "http" : "tcp"
            return ScenarioCaller(
                service.kind, port: try product.port(after: "\(service.name) at \(scheme)://127.0.0.1:"))
        }
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Waits for the end of the run.
    func finish() {
        if let code = product.exitCode(within: 120) { exitCode = code }
        for caller in callers { caller.stop() }
    }

    private static func httpOrigin() throws -> TestOrigin {
        let body = String(repeating: "twenty bytes of body", count: 10)
        let turns = Turns()
        return try .http { _ in
            usleep(serviceTimes[turns.next() % serviceTimes.count])
            return ok(body)
        }
    }

    /// In microseconds: the middles of twenty equal parts of a log-normal of 20 ms at p50 and 200 ms at p99, shuffled. The
    /// scenarios that say how their dependency usually is say this.
    private static let serviceTimes: [UInt32] = [
        2_900, 14_600, 36_100, 4_800, 16_600, 42_200, 6_400, 18_800, 50_400, 7_900,
        21_300, 62_400, 9_500, 24_100, 83_100, 11_100, 27_400, 139_200, 12_800, 31_300,
    ]

    private final class Turns: Sendable {
        private let number = Atomic<Int>(0)
        func next() -> Int { number.add(1, ordering: .relaxed).oldValue }
    }
}

/// What scenarios/README.md asks of a caller: reads and writes all the time, on kept connections and new ones, with a
/// time-out. Every connection has a thread of its own.
final class ScenarioCaller: Sendable {
    private let isStopped = Atomic<Bool>(false)
    private let kind: Service.Kind
    private let port: UInt16

    private static let connections = 12
    private static let exchangesPerConnection = 25
    private static let patience = 1.5

    init(_ kind: Service.Kind, port: UInt16) {
        self.kind = kind
        self.port = port
        for number in 0..<Self.connections {
            TestThread.start { [self] in
                while !isStopped.load(ordering: .relaxed) { try? useConnection(number) }
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func useConnection(_ number: Int) throws {
        // A refused connect costs nothing: without a pause this would be a loop that does nothing else.
        usleep(10_000)
        let socket = try TestSocket.connect(port: port, within: Self.patience)
        socket.setTimeout(seconds: Self.patience)
        let reader = TestReader(socket)
        for turn in 0..<Self.exchangesPerConnection where !isStopped.load(ordering: .relaxed) {
            usleep(20_000)
            switch kind {
            case .tcp:
                try socket.send("ping")
                _ = try socket.receive(exactly: 4)
            case .http:
                try socket.send(Self.request(number, turn))
                guard let answer = try reader.message(), answer["connection"]?.lowercased() != "close" else { return }
            }
        }
    }

    private static func request(_ number: Int, _ turn: Int) -> String {
        let method = ["GET", "POST", "GET", "PUT"][turn % 4]
        let body = turn % 2 == 0 ? "" : String(repeating: "amount=1&", count: 20)
        return "\(method) /v1/charge/\(turn)?Action=AssumeRole HTTP/1.1\r\nHost: payments\r\n"
            + "X-Client: client-\(number)\r\nX-User-Id: user-\(number)-\(turn)\r\nX-Order-Id: order-\(number)-\(turn)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
