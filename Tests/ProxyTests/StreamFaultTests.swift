import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Faults on the bytes of TCP connections: new, open and idle ones")
struct StreamFaultTests {
    private func echo() throws -> (TestOrigin, Harness) {
        let origin = try TestOrigin.echo()
        return (origin, try Harness(.tcp, origins: [origin.port]))
    }

    private func ping(_ socket: TestSocket, _ text: String = "ping") throws {
        try socket.send(text)
        #expect(try socket.receive(exactly: text.utf8.count) == Array(text.utf8))
    }

    /// An open connection that is idle now, the fault, and a new connection.
    private func oldAndNew(_ harness: Harness, _ faults: String) throws -> [TestSocket] {
        let old = try harness.connect()
        try ping(old)
        try harness.play(faults)
        return [old, try harness.connect()]
    }

    /// Bytes that tell their own places.
    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) } }

    @Test("slices arrive whole, one pause between two of them, and the rest at once when it ends")
    func sliceTimes() throws {
        let (origin, harness) = try echo()
        for socket in try oldAndNew(harness, "[ { name: s, service: svc, slice: { size: 100B, delay: 5ms } } ]") {
            let start = secondsNow()
            let data = pattern(2_000)
            try socket.send(data)
            #expect(try socket.receive(exactly: 2_000) == data)
            #expect(secondsNow() - start >= 19 * 0.005)
        }
        let socket = try harness.connect()
        try harness.play("[ { name: s, service: svc, slice: { size: 1B, delay: 1h } } ]")
        try socket.send("held")
        #expect(try socket.receive() == Array("h".utf8))
        harness.clear()
        #expect(try socket.receive(exactly: 3) == Array("eld".utf8))
        withExtendedLifetime(origin) {}
    }

    @Test(
        "limit passes exactly that many bytes, then FIN or RST to both sides",
        arguments: ["close", "reset"], ["upstream", "downstream"])
    func limit(then: String, direction: String) throws {
        let (origin, harness) = try echo()
        let faults = "[ { name: l, service: svc, direction: \(direction), limit: { bytes: 5000B, then: \(then) } } ]"
        for socket in try oldAndNew(harness, faults) {
            let data = pattern(20_000)
            try socket.send(data)
            var received: [UInt8] = []
            var end: TestSocketError?
            do {
                while true {
                    let more = try socket.receive()
                    if more.isEmpty { break }
                    received += more
                }
            } catch let error as TestSocketError { end = error }
            #expect(end == (then == "reset" ? .reset : nil))
            if direction == "downstream" { #expect(received == Array(data.prefix(5_000))) }
            #expect(received.count <= 5_000)
        }
        #expect(eventually { harness.open == 0 })
        let records = harness.records()
        #expect(records.count == 2)
        #expect(records.allSatisfy { $0.outcome == (then == "reset" ? .injectedReset : .injectedClose) })
        harness.clear()
        try ping(try harness.connect())
        withExtendedLifetime(origin) {}
    }

    @Test("the dependency gets exactly as many bytes as a limit towards it says")
    func limitUpstream() throws {
        let (counted, count) = Signal<Int>.make()
        let origin = try TestOrigin { socket in count.give(try socket.receiveAll().count) }
        let harness = try Harness(.tcp, origins: [origin.port])
        try harness.play("[ { name: l, service: svc, direction: upstream, limit: 1234B } ]")
        let socket = try harness.connect()
        try socket.send(pattern(5_000))
        let arrived = try counted.wait()
        #expect(arrived == 1_234)
        #expect(origin.connections == 1)
    }

    @Test("a limit that is lifted before it was reached cuts nothing")
    func limitLifted() throws {
        let (origin, harness) = try echo()
        let sockets = try oldAndNew(harness, "[ { name: l, service: svc, limit: 10B } ]")
        for socket in sockets { try ping(socket) }
        harness.clear()
        for socket in sockets { try ping(socket, String(repeating: "x", count: 1_000)) }
        withExtendedLifetime(origin) {}
    }

    @Test("slow_close passes the bytes at once and the FIN late")
    func slowClose() throws {
        let (origin, harness) = try echo()
        for socket in try oldAndNew(harness, "[ { name: c, service: svc, slow_close: 150ms } ]") {
            try ping(socket)
            let start = secondsNow()
            socket.finish()
            #expect(try socket.receiveAll().isEmpty)
            #expect(secondsNow() - start >= 0.15)
        }
        let record = try harness.record { $0.askedDelay > 0 }
        #expect(record.askedDelay == 150_000_000)
        #expect(record.achievedDelay >= record.askedDelay)
        withExtendedLifetime(origin) {}
    }

    @Test("a FIN that slow_close holds goes on when the fault ends; a RST was never held")
    func slowCloseEnds() throws {
        let (origin, harness) = try echo()
        let sockets = try oldAndNew(harness, "[ { name: c, service: svc, slow_close: 1h } ]")
        sockets[0].finish()
        sockets[0].setTimeout(seconds: 0.15)
        #expect(throws: TestSocketError.timedOut) { try sockets[0].receive() }
        sockets[0].setTimeout(seconds: 20)
        sockets[1].reset()
        #expect(eventually { harness.open == 1 })
        harness.clear()
        #expect(try sockets[0].receive().isEmpty)
        #expect(eventually { harness.open == 0 })
        withExtendedLifetime(origin) {}
    }

    @Test("loss stalls for a time-out, loses nothing, and lets go when it ends", arguments: ["upstream", "downstream"])
    func loss(direction: String) throws {
        let (origin, harness) = try echo()
        let faults = "[ { name: l, service: svc, direction: \(direction), loss: { rate: 50%, rto: 20ms } } ]"
        for socket in try oldAndNew(harness, faults) {
            let data = pattern(100_000)
            let start = secondsNow()
            TestThread.start { try? socket.send(data) }
            #expect(try socket.receive(exactly: data.count) == data)
            #expect(secondsNow() - start >= 0.02 / 3)
        }
        try harness.play("[ { name: m, service: svc, direction: \(direction), loss: { rate: 100%, rto: 100s } } ]")
        let socket = try harness.connect()
        try socket.send("lost")
        socket.setTimeout(seconds: 0.15)
        #expect(throws: TestSocketError.timedOut) { try socket.receive() }
        socket.setTimeout(seconds: 20)
        harness.clear()
        #expect(try socket.receive(exactly: 4) == Array("lost".utf8))
        withExtendedLifetime(origin) {}
    }

    @Test("corrupt flips about as many bytes as asked, one bit each, and moves none")
    func corrupt() throws {
        let (origin, harness) = try echo()
        for socket in try oldAndNew(harness, "[ { name: c, service: svc, corrupt: 5% } ]") {
            let data = pattern(40_000)
            TestThread.start { try? socket.send(data) }
            let received = try socket.receive(exactly: data.count)
            let flips = zip(data, received).filter { $0 != $1 }
            #expect((1_700...2_300).contains(flips.count))
            #expect(flips.allSatisfy { ($0.0 ^ $0.1).nonzeroBitCount == 1 })
        }
        harness.clear()
        let socket = try harness.connect()
        let clean = String(repeating: "clean", count: 1_000)
        try ping(socket, clean)
        withExtendedLifetime(origin) {}
    }

    @Test("half a dozen stages in one direction, and a FIN behind them")
    func stack() throws {
        let (origin, harness) = try echo()
        let faults = """
            [ { name: a, service: svc, latency: 20ms +- 10ms }, { name: b, service: svc, loss: { rate: 5%, rto: 10ms } },
              { name: c, service: svc, bandwidth: 2MB/s }, { name: d, service: svc, slice: 1000B },
              { name: e, service: svc, slow_close: 50ms }, { name: f, service: svc, limit: 1GB } ]
            """
        for socket in try oldAndNew(harness, faults) {
            let data = pattern(200_000)
            TestThread.start {
                try? socket.send(data)
                socket.finish()
            }
            #expect(try socket.receiveAll() == data)
        }
        withExtendedLifetime(origin) {}
    }
}
