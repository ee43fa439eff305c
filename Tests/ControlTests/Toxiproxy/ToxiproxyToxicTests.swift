// Every toxic on live traffic: what it does, how it changes, and what becomes of what it held.

import TestSupport
import Testing

@Suite("Toxics on live traffic")
struct ToxiproxyToxicTests {
    private let server: ToxiproxyServer
    private let origin: TestOrigin
    private let port: UInt16

    init() throws {
        server = try ToxiproxyServer()
        origin = try TestOrigin.echo()
        port = try server.proxy("a", to: origin.port)
    }

    /// A connection that was used before.
    private func openCaller() throws -> TestSocket {
        let caller = try TestSocket.connect(port: port)
        #expect(caller.echo() == .answered)
        return caller
    }

    private func change(_ toxic: String, _ attributes: String) throws {
        let answer = try server.call("PATCH", "/proxies/a/toxics/\(toxic)", #"{"attributes":{\#(attributes)}}"#)
        #expect(answer.status == 200, "\(answer.bodyText)")
    }

    @Test("latency holds each chunk from its arrival, in either direction", arguments: ["upstream", "downstream"])
    func latency(stream: String) throws {
        let caller = try openCaller()
        try server.poison("a", "latency", #""latency":300"#, stream: stream)
        let began = secondsNow()
        #expect(caller.echo() == .answered)
        #expect(secondsNow() - began >= 0.299)
        try server.cure("a", "latency_\(stream)")
        #expect(caller.echo() == .answered)
    }

    @Test("a toxic update merges key by key and acts on live connections; what was held leaves when the toxic does")
    func update() throws {
        let caller = try openCaller()
        try server.poison("a", "latency", #""latency":0,"jitter":1"#)
        #expect(caller.echo() == .answered)
        try change("latency_downstream", #""latency":3600000"#)
        let attributes = #""attributes":{"latency":3600000,"jitter":1}"#
        #expect(try server.call("GET", "/proxies/a/toxics").bodyText.contains(attributes))
        try caller.send("x")
        #expect(try caller.fate(within: 0.3) == .silent)
        try server.cure("a", "latency_downstream")
        #expect(try caller.fate() == .answered)
        #expect(caller.echo() == .answered)
    }

    @Test("bandwidth of rate 0 is a stall, in both directions at once; removal delivers, and a later rate does, too")
    func bandwidth() throws {
        let caller = try openCaller()
        for stream in ["upstream", "downstream"] { try server.poison("a", "bandwidth", #""rate":0"#, stream: stream) }
        try caller.send("x")
        #expect(try caller.fate(within: 0.3) == .silent)
        try server.cure("a", "bandwidth_upstream")
        #expect(try caller.fate(within: 0.3) == .silent)
        try server.cure("a", "bandwidth_downstream")
        #expect(try caller.fate() == .answered)
        try server.poison("a", "bandwidth", "")
        try caller.send("y")
        #expect(try caller.fate(within: 0.3) == .silent)
        try change("bandwidth_downstream", #""rate":1000"#)
        #expect(try caller.fate() == .answered)
    }

    @Test("bandwidth lets through so many thousand bytes a second and no more")
    func rate() throws {
        try server.poison("a", "bandwidth", #""rate":100"#)
        let caller = try TestSocket.connect(port: port)
        let began = secondsNow()
        try caller.send([UInt8](repeating: 7, count: 60_000))
        _ = try caller.receive(exactly: 60_000)
        #expect(secondsNow() - began >= 0.55)
    }

    @Test("slow_close passes the end on late, and not the bytes before it")
    func slowClose() throws {
        try server.poison("a", "slow_close", #""delay":400"#)
        let caller = try openCaller()
        let began = secondsNow()
        caller.finish()
        #expect(try caller.fate() == .closed)
        #expect(secondsNow() - began >= 0.399)
    }

    @Test("timeout drops what comes and closes after its time; with 0 it never closes, until it is removed")
    func timeout() throws {
        let caller = try openCaller()
        try server.poison("a", "timeout", #""timeout":0"#)
        try caller.send("lost")
        #expect(try caller.fate(within: 0.4) == .silent)
        try server.cure("a", "timeout_downstream")
        #expect(try caller.receiveAll().isEmpty)
        try server.poison("a", "timeout", #""timeout":200"#, stream: "upstream")
        let began = secondsNow()
        let next = try TestSocket.connect(port: port)
        try next.send("lost")
        #expect(try next.receiveAll().isEmpty)
        #expect(secondsNow() - began >= 0.199)
    }

    @Test("timeout takes whatever is sent and never makes the sender wait")
    func timeoutDrops() throws {
        let caller = try openCaller()
        try server.poison("a", "timeout", #""timeout":0"#, stream: "upstream")
        try caller.send([UInt8](repeating: 1, count: 64 << 20))
        #expect(try caller.fate(within: 0.2) == .silent)
    }

    @Test("timeout on both streams: removing one of them closes what it held")
    func timeouts() throws {
        let caller = try openCaller()
        for stream in ["upstream", "downstream"] { try server.poison("a", "timeout", "", stream: stream) }
        #expect(caller.echo(within: 0.3) == .silent)
        try server.cure("a", "timeout_downstream")
        #expect(try caller.fate() == .closed)
    }

    @Test("reset_peer sends RST to both sides after its time")
    func resetPeer() throws {
        let seen = Mailslot()
        let witness = try TestOrigin { socket in
            try socket.send("x")
            seen.put(try? socket.fate())
        }
        let port = try server.proxy("b", to: witness.port)
        let caller = try TestSocket.connect(port: port)
        #expect(try caller.receive(exactly: 1).count == 1)
        let began = secondsNow()
        try server.poison("b", "reset_peer", #""timeout":300"#)
        #expect(try caller.fate() == .reset)
        #expect(secondsNow() - began >= 0.299)
        #expect(eventually { seen.fate == .reset })
    }

    @Test("slicer cuts into pieces of about its size, and loses nothing")
    func slicer() throws {
        let caller = try openCaller()
        try server.poison("a", "slicer", #""average_size":1000,"size_variation":500,"delay":200000"#)
        let bytes = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let began = secondsNow()
        try caller.send(bytes)
        let first = try caller.receive()
        #expect((1...1_500).contains(first.count))
        #expect(try first + caller.receive(exactly: bytes.count - first.count) == bytes)
        #expect(secondsNow() - began >= 0.39)
    }

    @Test("limit_data lets through exactly so many bytes and closes")
    func limitData() throws {
        let caller = try openCaller()
        try server.poison("a", "limit_data", #""bytes":700"#)
        try caller.send([UInt8](repeating: 7, count: 1_000))
        #expect(try caller.receiveAll().count == 700)
    }

    @Test("packet_loss stalls and never loses a byte")
    func packetLoss() throws {
        let caller = try openCaller()
        try server.poison("a", "packet_loss", #""loss_rate":0.05,"correlation":0.25"#)
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        TestThread.start { try? caller.send(bytes) }
        #expect(try caller.receive(exactly: bytes.count) == bytes)
    }

    @Test("noop does nothing")
    func noop() throws {
        let caller = try openCaller()
        for stream in ["upstream", "downstream"] { try server.poison("a", "noop", "", stream: stream) }
        #expect(caller.echo() == .answered)
        try server.cure("a", "noop_upstream")
        #expect(caller.echo() == .answered)
    }
}
