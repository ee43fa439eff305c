// libevent's HTTP server with our bounds, on real sockets: what a caller can ask, and what no caller can take from others.

import Glibc
import TestSupport
import Testing

@testable import EventLoop
@testable import Units

@Suite("The HTTP server")
struct HTTPServerTests {
    @Test("a request is handed over whole, with its method, target, fields, body and peer")
    func request() throws {
        try ServedLoop.run { port in
            let caller = try ServerCaller(port: port)
            let answer = try caller.send(
                "PATCH /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello")
            #expect(answer.status == 200)
            #expect(answer.bodyText.hasPrefix("PATCH /a%20b?c=d [/a%20b] [c=d] x-a=1 body=hello from 127.0.0.1:"))
        }
    }

    @Test("a connection carries one request after another, a HEAD among them")
    func keepAlive() throws {
        try ServedLoop.run { port in
            let caller = try ServerCaller(port: port)
            for _ in 0..<3 { #expect(try caller.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").status == 200) }
            let head = try caller.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n", headOnly: true)
            #expect(Int(head["content-length"] ?? "") ?? 0 > 10)
            #expect(try caller.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
        }
    }

    @Test("a method that nobody knows comes through; its body is not read, and ends the connection")
    func unreadBody() throws {
        try ServedLoop.run { port in
            let text = "BREW /pot HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nGET"
            let answer = try ServerCaller(port: port).send(text)
            #expect(answer.bodyText.hasPrefix("this method /pot"))
            #expect(answer["connection"] == "close")
        }
    }

    @Test("an answer may come later, and to a caller who is gone it does nothing")
    func later() throws {
        try ServedLoop.run { port in
            #expect(try ServerCaller(port: port).send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
            for _ in 0..<20 {
                let socket = try TestSocket.connect(port: port)
                try socket.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
                socket.reset()
            }
            #expect(try ServerCaller(port: port).send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
        }
    }

    @Test(
        "long heads, long bodies and what is no HTTP are refused",
        arguments: [
            ("GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", 413),
            ("nonsense\r\n\r\n", 400),
        ])
    func refusals(text: String, status: Int) throws {
        try ServedLoop.run { port in
            let answer = try ServerCaller(port: port).send(text)
            #expect(answer.status == status)
        }
    }

    @Test("whoever sends a byte now and then is cut off when the time of a request is over")
    func slowSender() throws {
        var limits = ServerLimits()
        limits.request = .milliseconds(300)
        try ServedLoop.run(limits) { port in
            let slow = try TestSocket.connect(port: port)
            let ended = eventually(within: 10) {
                do {
                    try slow.send("G")
                    usleep(50_000)
                    return false
                } catch { return true }
            }
            #expect(ended)
            #expect(try ServerCaller(port: port).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
        }
    }

    @Test("whoever does not read a long answer is cut off, too")
    func slowReader() throws {
        var limits = ServerLimits()
        limits.request = .milliseconds(300)
        try ServedLoop.run(limits) { port in
            let slow = try TestSocket.connect(port: port)
            try slow.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            usleep(800_000)
            let got = (try? slow.receiveAll().count) ?? 0
            #expect(got < ServedLoop.longBody)
        }
    }

    @Test("the last piece of a long answer does not wait for the caller to acknowledge the one before")
    func withoutNagle() throws {
        let socket = try HTTPServer.listen(on: .loopback(port: 0))
        defer { socket.close() }
        var isOff: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        #expect(unsafe getsockopt(socket.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOff, &length) == 0)
        #expect(isOff != 0, "accepted connections inherit it")
    }

    @Test("idle connections are closed")
    func idle() throws {
        var limits = ServerLimits()
        limits.idle = .milliseconds(200)
        try ServedLoop.run(limits) { port in
            let rest = try TestSocket.connect(port: port).receiveAll()
            #expect(rest.isEmpty)
        }
    }

    @Test("connections above the limit are told so and closed; when others leave there is room again")
    func tooMany() throws {
        var limits = ServerLimits()
        limits.connections = 4
        try ServedLoop.run(limits) { port in
            var held = try (0..<4).map { _ in try ServerCaller(port: port) }
            for caller in held { #expect(try caller.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200) }
            let refused = try TestSocket.connect(port: port)
            #expect(String(decoding: try refused.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 503 "))
            for caller in held { #expect(try caller.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200) }
            held.removeAll()
            let again = eventually {
                (try? ServerCaller(port: port).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status) == 200
            }
            #expect(again)
        }
    }

    @Test("a stream goes on; a reader who stalls is cut off at its limit and nobody else notices")
    func streams() throws {
        var limits = ServerLimits()
        limits.streamBytes = 64 << 10
        try ServedLoop.run(limits) { port in
            let good = try TestSocket.connect(port: port)
            try good.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
            var count = try good.receive().count
            let bad = try TestSocket.connect(port: port)
            try bad.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
            while count < 20 << 20 { count += try good.receive(exactly: 1024).count }
            let got = (try? bad.receiveAll().count) ?? 0
            #expect(got < 20 << 20)
            #expect(try ServerCaller(port: port).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
        }
    }

    @Test("an address that is taken is an error at once")
    func taken() throws {
        let first = try HTTPServer.listen(on: .loopback(port: 0))
        defer { first.close() }
        let port = try #require(first.localAddress).port
        #expect(throws: SystemError.self) { try HTTPServer.listen(on: .loopback(port: port)) }
    }
}

/// Speaks HTTP on one connection.
private final class ServerCaller {
    private let socket: TestSocket
    private let reader: TestReader

    init(port: UInt16) throws {
        socket = try TestSocket.connect(port: port)
        reader = TestReader(socket)
    }

    func send(_ text: String, headOnly: Bool = false) throws -> TestMessage {
        try socket.send(text)
        return try #require(try reader.message(headOnly: headOnly))
    }
}

/// A server on a loop of its own thread.
private enum ServedLoop {
    static let longBody = 32 << 20

    static func run(_ limits: ServerLimits = ServerLimits(), _ body: (UInt16) throws -> Void) throws {
        let socket = try HTTPServer.listen(on: .loopback(port: 0))
        let port = try #require(socket.localAddress).port
        let mailbox = try Mailbox<Int>()
        let thread = try LoopThread(name: "served") {
            guard let loop = try? EventLoop() else { return }
            let echo = Echo(loop)
            guard let server = try? HTTPServer(loop: loop, socket: socket, limits: limits, handler: echo),
                let wakeUp = try? WakeUp(loop: loop, mailbox: mailbox, reader: echo)
            else { return }
            loop.run()
            server.close()
            wakeUp.close()
            loop.runOnce()
            loop.close()
        }
        defer {
            mailbox.post(0)
            thread.join()
        }
        try body(port)
    }

    private final class Echo: TimerOwner, ServerHandler, MailboxReader {
        private let loop: EventLoop
        private var waiting: [ServerExchange] = []
        private var streams: [ServerStream] = []
        private lazy var timer = Timer(on: loop, owner: self)

        init(_ loop: EventLoop) { self.loop = loop }

        func read(_ letter: Int) { loop.stop() }

        func received(_ exchange: ServerExchange) {
            let request = exchange.request
            switch request.path {
            case "/later": waiting.append(exchange)
            case "/stream": exchange.stream([]).map { streams.append($0) }
            case "/long": return exchange.reply(ServerReply(status: 200, body: Array(repeating: 65, count: longBody)))
            default: return exchange.reply(ServerReply(status: 200, body: Array(Self.echo(request).utf8)))
            }
            timer.set(after: .milliseconds(5))
        }

        private static func echo(_ request: ServerRequest) -> String {
            "\(request.method.rawValue) \(request.target) [\(request.path)] [\(request.query)] "
                + "x-a=\(request["X-a"].joined()) body=\(String(decoding: request.body, as: UTF8.self)) from \(request.peer)"
        }

        override func fired(_ timer: Timer) {
            for exchange in waiting { exchange.reply(ServerReply(status: 200)) }
            waiting.removeAll()
            // At the pace of the first, so that it is never the one who is cut off.
            if streams.first?.pendingBytes ?? 0 < 16 << 10 {
                streams.removeAll { !$0.send(Array(repeating: 66, count: 16 << 10)) }
            }
            if !streams.isEmpty { timer.set(after: .microseconds(200)) }
        }
    }
}
