import Faults
import Observation
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("TCP through the proxy")
struct TCPPathTests {
    @Test("bytes come back as they went, in order")
    func echo() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        let socket = try harness.connect()
        let data = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        TestThread.start {
            try? socket.send(data)
            socket.finish()
        }
        #expect(try socket.receiveAll() == data)
        #expect(eventually { harness.open == 0 })
    }

    @Test("a half-close is passed on and the other direction goes on")
    func halfClose() throws {
        let origin = try TestOrigin { socket in
            let all = try socket.receiveAll()
            try socket.send("got \(all.count)")
        }
        let harness = try Harness(.tcp, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("12345")
        socket.finish()
        #expect(try socket.receiveAll() == Array("got 5".utf8))
    }

    @Test("a reset of the caller reaches the dependency as a reset")
    func callerReset() throws {
        let (seen, see) = Signal<TestSocketError?>.make()
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            do {
                _ = try socket.receive()
                see.give(nil)
            } catch let error as TestSocketError {
                see.give(error)
            }
        }
        let harness = try Harness(.tcp, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("x")
        #expect(eventually { origin.connections == 1 })
        socket.reset()
        #expect(try seen.wait() == .reset)
    }

    @Test("a reset of the dependency reaches the caller as a reset")
    func dependencyReset() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            socket.reset()
        }
        let harness = try Harness(.tcp, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("x")
        #expect(throws: TestSocketError.reset) { try socket.receive() }
    }

    @Test("a reader that stalls stops the writer, and nothing is lost when it goes on")
    func backPressure() throws {
        let data = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send(data)
            socket.finish()
        }
        let harness = try Harness(.tcp, origins: [origin.port])
        let socket = try harness.connect()
        socket.setReceiveBuffer(bytes: 16_384)
        try socket.send("go")
        let first = try socket.receive(limit: 10)
        #expect(try first + socket.receiveAll() == data)
    }

    @Test("a dependency that refuses is a reset for the caller")
    func refused() throws {
        let origin = try TestOrigin.echo()
        let port = origin.port
        origin.stop()
        #expect(eventually { (try? TestSocket.connect(port: port)) == nil })
        let harness = try Harness(.tcp, origins: [port])
        let socket = try harness.connect()
        #expect(throws: TestSocketError.reset) {
            try socket.send("x")
            if try socket.receive().isEmpty { throw TestSocketError.ended }
        }
    }

    @Test("an idle session ends after the idle time-out")
    func idle() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port]) { $0.idleTimeout = .milliseconds(200) }
        let socket = try harness.connect()
        #expect(try socket.receive().isEmpty)
    }

    @Test("an address in use is an error that says so")
    func inUse() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        let port = harness.port()
        #expect {
            _ = try Harness(.tcp, origins: [origin.port]) { $0.listen = .host("127.0.0.1", port: Int(port)) }
        } throws: { error in "\(error)".contains("another process listens there") }
    }
}

/// Hands one value from a thread to a test.
final class Signal<Value: Sendable>: Sendable {
    private let value = Lock<Value?>(nil)

    static func make() -> (Signal<Value>, Signal<Value>) {
        let signal = Signal<Value>()
        return (signal, signal)
    }

    func give(_ given: Value) { value.withLock { $0 = given } }

    func wait() throws -> Value {
        _ = eventually { value.withLock { $0 != nil } }
        return try #require(value.withLock { $0 })
    }
}
