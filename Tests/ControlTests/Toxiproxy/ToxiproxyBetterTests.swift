// The points in which the original fails, each of them seen: one test per point, numbered as in the contract.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Where the compatible API is better than the original")
struct ToxiproxyBetterTests {
    private func server(_ arguments: [String] = []) throws -> ToxiproxyServer { try ToxiproxyServer(arguments) }

    /// Sends until nobody takes it any more.
    private func firehose() throws -> TestOrigin {
        try TestOrigin { socket in
            let bytes = [UInt8](repeating: 7, count: 65_536)
            while true { try socket.send(bytes) }
        }
    }

    @Test("1: a reader that stalls never blocks the API, whatever is removed meanwhile")
    func stalledReader() throws {
        let (server, origin) = (try server(), try firehose())
        let port = try server.proxy("a", to: origin.port)
        let reader = try TestSocket.connect(port: port)
        _ = try reader.receive(exactly: 1)
        for (type, attributes) in [
            ("slicer", #""average_size":100"#), ("latency", #""latency":10"#), ("bandwidth", #""rate":1"#),
            ("noop", ""),
        ] {
            try server.poison("a", type, attributes)
            #expect(try eventually { try server.call("GET", "/proxies/a/toxics").bodyText.contains(type) })
            let began = secondsNow()
            try server.cure("a", "\(type)_downstream")
            #expect(try server.call("GET", "/proxies").status == 200)
            #expect(secondsNow() - began < 5, "\(type)")
        }
        withExtendedLifetime(reader) {}
    }

    @Test("2: no accepted toxic crashes the server")
    func hostileToxics() throws {
        let (server, origin) = (try server(), try TestOrigin.echo())
        let port = try server.proxy("a", to: origin.port)
        let toxics = [
            ("slicer", ""), ("slicer", #""average_size":10,"size_variation":1000,"delay":-5"#),
            ("slicer", #""average_size":-10,"size_variation":-10"#), ("bandwidth", #""rate":-1"#),
            ("bandwidth", #""rate":9223372036854775807"#), ("latency", #""jitter":9223372036854775807"#),
            ("latency", #""latency":-9223372036854775808,"jitter":5"#), ("limit_data", #""bytes":-1"#),
            ("timeout", #""timeout":-1"#), ("reset_peer", #""timeout":-1"#), ("slow_close", #""delay":-1"#),
            ("packet_loss", #""loss_rate":1,"correlation":1"#),
        ]
        for (type, attributes) in toxics {
            let caller = try TestSocket.connect(port: port)
            for stream in ["upstream", "downstream"] { try server.poison("a", type, attributes, stream: stream) }
            for socket in [caller, try? TestSocket.connect(port: port)] {
                try? socket?.send([UInt8](repeating: 7, count: 50_000))
                _ = socket?.echo(within: 0.05)
            }
            for stream in ["upstream", "downstream"] { try server.cure("a", "\(type)_\(stream)") }
            #expect(try TestSocket.connect(port: port).echo() == .answered, "\(type) \(attributes)")
        }
        #expect(server.product.isRunning)
    }

    @Test(
        "3: aborted connections leak nothing, whatever held them",
        arguments: ["timeout", "latency", "bandwidth", "slow_close"])
    func abortedConnections(type: String) throws {
        let (server, origin) = (try server(), try TestOrigin.echo())
        let port = try server.proxy("a", to: origin.port)
        try server.poison(
            "a", type, type == "latency" ? #""latency":3600000"# : type == "slow_close" ? #""delay":3600000"# : "")
        let before = server.descriptors
        func isBack() -> Bool { eventually { server.descriptors <= before + 4 } }
        for _ in 0..<50 {
            let caller = try TestSocket.connect(port: port)
            try caller.send("x")
            caller.reset()
        }
        #expect(isBack(), "\(server.descriptors), before \(before)")
        for _ in 0..<50 { try TestSocket.connect(port: port).send("x") }
        try server.cure("a", "\(type)_downstream")
        #expect(isBack(), "\(server.descriptors), before \(before)")
    }

    @Test("4: half-close works: a reply behind the caller's end arrives", arguments: ["", "latency", "slicer", "noop"])
    func halfClose(type: String) throws {
        let server = try server()
        let origin = try TestOrigin { socket in
            let question = try socket.receiveAll()
            try socket.send("answer to \(String(decoding: question, as: UTF8.self))")
        }
        let port = try server.proxy("a", to: origin.port)
        if !type.isEmpty {
            let attributes = ["latency": #""latency":50"#, "slicer": #""average_size":2"#][type] ?? ""
            for stream in ["upstream", "downstream"] { try server.poison("a", type, attributes, stream: stream) }
        }
        let caller = try TestSocket.connect(port: port)
        try caller.send("question")
        caller.finish()
        #expect(String(decoding: try caller.receiveAll(), as: UTF8.self) == "answer to question")
    }

    @Test("5: a black-holed upstream blocks neither other callers nor updates")
    func blackHole() throws {
        let server = try ToxiproxyServer(workers: 1)
        let hole = try BlackHole()
        let port = try server.proxy("a", to: hole.port)
        let waiting = try (0..<20).map { _ in try TestSocket.connect(port: port) }
        for caller in waiting { try caller.send("x") }
        let began = secondsNow()
        let origin = try TestOrigin.echo()
        #expect(try TestSocket.connect(port: try server.proxy("b", to: origin.port)).echo() == .answered)
        #expect(try server.call("POST", "/proxies/a", #"{"upstream":"127.0.0.1:\#(origin.port)"}"#).status == 200)
        #expect(try TestSocket.connect(port: port).echo() == .answered)
        #expect(secondsNow() - began < 10)
        withExtendedLifetime((hole, waiting)) {}
    }

    @Test("6: toxicity is drawn once per connection and toxic; what neighbours do redraws nothing")
    func drawnOnce() throws {
        let (server, origin) = (try server(["--seed", "3"]), try TestOrigin.echo())
        let port = try server.proxy("a", to: origin.port)
        let callers = try (0..<24).map { _ in try TestSocket.connect(port: port) }
        for caller in callers { #expect(caller.echo() == .answered) }
        try server.poison("a", "bandwidth", "", toxicity: 0.5)
        for caller in callers { try caller.send("x") }
        let isStalled = try callers.map { try $0.fate(within: 0.5) == .silent }
        #expect(isStalled.contains(true) && isStalled.contains(false))
        let neighbour = "/proxies/a/toxics/latency_downstream"
        let changes: [() throws -> Void] = [
            { try server.poison("a", "latency", #""latency":1"#, toxicity: 0.5) },
            { try server.call("POST", neighbour, #"{"toxicity":0.9,"attributes":{"latency":2}}"#) },
            { try server.cure("a", "latency_downstream") },
            { try server.call("POST", "/proxies/a/toxics/bandwidth_downstream", #"{"attributes":{"rate":0}}"#) },
        ]
        for change in changes {
            try change()
            for (caller, isStalled) in zip(callers, isStalled) where !isStalled { #expect(caller.echo() == .answered) }
        }
        for (caller, isStalled) in zip(callers, isStalled) where isStalled {
            #expect(try caller.fate(within: 0.01) == .silent)
        }
    }

    @Test("7: the seed works: the same connections have the same fates, and others with another seed")
    func seed() throws {
        let origin = try TestOrigin.echo()
        let fates = try ["5", "5", "6"].map { seed in
            let server = try server(["--seed", seed])
            let port = try server.proxy("a", to: origin.port)
            try server.poison("a", "limit_data", "", toxicity: 0.5)
            return try (0..<40).map { _ in try TestSocket.connect(port: port).echo() == .answered }
        }
        #expect(fates[0] == fates[1])
        #expect(fates[0] != fates[2])
        #expect(fates[0].contains(true) && fates[0].contains(false))
    }

    @Test("8: reset_peer acts on open and idle connections, and RST goes through as RST")
    func resets() throws {
        let server = try server()
        let echo = try TestOrigin.echo()
        let port = try server.proxy("a", to: echo.port)
        let callers = try (0..<2).map { _ in try TestSocket.connect(port: port) }
        #expect(callers[0].echo() == .answered)
        try server.poison("a", "reset_peer", #""timeout":0"#)
        for caller in callers { #expect(try caller.fate() == .reset) }
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            socket.reset()
        }
        let other = try TestSocket.connect(port: try server.proxy("b", to: origin.port))
        #expect(other.echo() == .reset)
    }

    @Test("9: timeout fires on busy connections", arguments: ["upstream", "downstream"])
    func busyTimeout(stream: String) throws {
        let origin = try TestOrigin { socket in
            TestThread.start { while let bytes = try? socket.receive(), !bytes.isEmpty {} }
            while true { try socket.send([UInt8](repeating: 7, count: 65_536)) }
        }
        let server = try server()
        let caller = try TestSocket.connect(port: try server.proxy("a", to: origin.port))
        TestThread.start { while (try? caller.send([UInt8](repeating: 1, count: 1_000))) != nil {} }
        _ = try caller.receive(exactly: 1 << 20)
        try server.poison("a", "timeout", #""timeout":200"#, stream: stream)
        let began = secondsNow()
        while secondsNow() - began < 15, let bytes = try? caller.receive(), !bytes.isEmpty {}
        #expect(secondsNow() - began < 15)
    }

    @Test("10: metrics move while a connection is open")
    func metrics() throws {
        let (server, origin) = (try server(), try TestOrigin.echo())
        let caller = try TestSocket.connect(port: try server.proxy("a", to: origin.port))
        func lines() throws -> [Substring] {
            try server.call("GET", "/metrics").bodyText.split(separator: "\n").filter { $0.contains(#"service="a""#) }
        }
        let before = try lines()
        #expect(!before.isEmpty)
        #expect(caller.echo() == .answered)
        #expect(try eventually { try lines() != before })
        let middle = try lines()
        try caller.send([UInt8](repeating: 1, count: 10_000))
        _ = try caller.receive(exactly: 10_000)
        #expect(try eventually { try lines() != middle })
    }

    @Test(
        "11: toxics come with the proxy: at creation, in populate and in the start-up file, before its first connection"
    )
    func toxicsAtOnce() throws {
        let origin = try TestOrigin.echo()
        let toxics = #"[{"type":"limit_data","attributes":{"bytes":1}},{"type":"noop","stream":"upstream"}]"#
        let proxy = { (name: String) in
            #"{"name":"\#(name)","listen":"127.0.0.1:0","upstream":"127.0.0.1:\#(origin.port)","toxics":\#(toxics)}"#
        }
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "toxiproxy.json")
            try Data("[\(proxy("a"))]".utf8).write(to: file)
            let server = try server(["--toxiproxy-config", file.path])
            #expect(try server.call("POST", "/proxies", proxy("b")).status == 201)
            #expect(try server.call("POST", "/populate", "[\(proxy("c"))]").status == 201)
            for name in ["a", "b", "c"] {
                let shown = try server.call("GET", "/proxies/\(name)")
                let toxics = try server.call("GET", "/proxies/\(name)/toxics").bodyText
                #expect(toxics.contains("limit_data_downstream") && toxics.contains("noop_upstream"))
                let caller = try TestSocket.connect(port: try server.listenPort(shown))
                try caller.send("xyz")
                #expect(try caller.receiveAll() == Array("x".utf8))
            }
            let bad = proxy("d").replacing("noop", with: "poison")
            #expect(try server.call("POST", "/proxies", bad).status == 400)
            #expect(try server.call("GET", "/proxies/d").status == 404, "all of it or nothing")
        }
    }

    @Test("12: a taken API port, a bad file and a taken port in the file are clear errors with an exit code")
    func clearErrors() throws {
        let taken = try TestOrigin { _ in }
        let address = "127.0.0.1:\(taken.port)"
        let port = try Product.run(["serve", "--control", address])
        #expect(port.status == 1)
        #expect(port.errors.contains("cannot listen on \(address)"))
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "toxiproxy.json").path
            let run = { (text: String) in
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                return try Product.run(["serve", "--control", "127.0.0.1:0", "--toxiproxy-config", file])
            }
            for (text, message) in [
                ("", "bad request body: it is empty"), ("{}", "bad request body: a list is expected"),
                (#"[{"name":"a"}]"#, "missing required field: upstream at proxy 1"),
                (#"[{"name":"a","upstream":"a:1","toxics":[{}]}]"#, "invalid toxic type at proxy 1"),
            ] {
                let result = try run(text)
                #expect(result.status == 104)
                #expect(result.errors.contains("toxiproxy.json: \(message)"), "\(result.errors)")
            }
            let bind = try run(#"[{"name":"a","upstream":"a:1","listen":"\#(address)"}]"#)
            #expect(bind.status == 1)
            #expect(bind.errors.contains("listen tcp \(address): bind: address already in use"), "\(bind.errors)")
            let missing = try Product.run(["serve", "--control", "127.0.0.1:0", "--toxiproxy-config", file + ".not"])
            #expect(missing.status == 64)
            #expect(missing.errors.contains(".not"))
        }
    }
}

/// A port of 127.0.0.1 on which connects are never answered: its queue is full and nobody takes from it.
private final class BlackHole {
    let port: UInt16
    private let descriptor: Int32
    private var fillers: [Int32] = []

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 0) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isBound else { throw TestSocketError.failed("bind", errno) }
        port = UInt16(bigEndian: address.sin_port)
        for _ in 0..<4 { fillers.append(Self.filler(address)) }
    }

    deinit {
        for descriptor in fillers + [descriptor] { close(descriptor) }
    }

    /// Begins to connect, and waits for nothing.
    private static func filler(_ address: sockaddr_in) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = address
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}
