import Foundation
import Glibc
import TestSupport
import Testing

/// `brownout serve` and `brownout proxy`: the built binary, told what to do by signals.
@Suite("brownout serve and proxy", .serialized)
struct ServeTests {
    static let address = "http://127.0.0.1:"

    private func origin(_ body: String) throws -> TestOrigin { try TestOrigin.http { _ in ok(body) } }

    @Test("SIGHUP: new connections go where the file says now, open ones stay where they are")
    func reload() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "", origin: try origin("old"))
            let serve = try RunningProduct(["serve", play.file, "--control", "none", "--workers", "2"])
            let port = try serve.port(after: Self.address)
            let first = try Caller(port: port)
            #expect(try first.get().bodyText == "old")
            let other = try origin("new")
            try play.write("", port: other.port)
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("payments changed") })
            #expect(try eventually { try Caller(port: port).get().bodyText == "new" })
            #expect(try first.get().bodyText == "old")
            #expect(serve.end() == 0)
        }
    }

    @Test("SIGHUP with a bad file changes nothing and says so")
    func badReload() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "")
            let serve = try RunningProduct(["serve", play.file, "--control", "none", "--workers", "1"])
            let port = try serve.port(after: Self.address)
            try play.write("nonsense: true\n", port: 1)
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("the file has errors") })
            #expect(serve.text.contains("nonsense"))
            try FileManager.default.removeItem(atPath: play.file)
            kill(serve.processIdentifier, SIGHUP)
            #expect(eventually { serve.text.contains("the file cannot be read") })
            #expect(try Caller(port: port).get().status == 200)
            #expect(serve.end() == 0)
        }
    }

    @Test("SIGTERM lets the exchange that is open finish, and accepts no more")
    func drain() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(
                in: directory, "",
                origin: try TestOrigin.http { _ in
                    _ = eventually { FileManager.default.fileExists(atPath: directory.appending(path: "go").path) }
                    return ok("at last")
                })
            let serve = try RunningProduct(["serve", play.file, "--control", "none", "--workers", "1"])
            let port = try serve.port(after: Self.address)
            let socket = try TestSocket.connect(port: port)
            try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { play.origin.connections == 1 })
            kill(serve.processIdentifier, SIGTERM)
            #expect(eventually { (try? TestSocket.connect(port: port)) == nil })
            #expect(serve.isRunning)
            try Data().write(to: directory.appending(path: "go"))
            #expect(try TestReader(socket).message()?.bodyText == "at last")
            #expect(eventually { !serve.isRunning })
            #expect(serve.end() == 0)
        }
    }

    @Test("a second SIGTERM does not wait for anybody; nor does a drain beyond its bound")
    func impatience() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "", origin: try TestOrigin { socket in _ = try socket.receiveAll() })
            for options in [[], ["--drain", "100ms"]] {
                let serve = try RunningProduct(["serve", play.file, "--control", "none", "--workers", "1"] + options)
                let socket = try TestSocket.connect(port: try serve.port(after: Self.address))
                let before = play.origin.connections
                try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { play.origin.connections > before })
                kill(serve.processIdentifier, SIGTERM)
                if options.isEmpty { kill(serve.processIdentifier, SIGINT) }
                #expect(eventually(within: 10) { !serve.isRunning })
            }
        }
    }

    @Test("--play plays the file's own scenario, reports, and stays")
    func playing() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: storm, for: 2s, \(RunTests.storm) }]\n")
            let serve = try RunningProduct(["serve", play.file, "--control", "none", "--play", "--workers", "1"])
            let caller = try Caller(port: try serve.port(after: Self.address))
            #expect(try eventually { try caller.get().status == 503 })
            #expect(try eventually { try caller.get().status == 200 })
            #expect(eventually { serve.text.contains("PASS") })
            #expect(try caller.get().status == 200)
            #expect(serve.end() == 0)
        }
    }

    @Test("proxy: one fault, now, until Ctrl-C")
    func proxy() throws {
        let origin = try origin("hello")
        let proxy = try RunningProduct(["proxy", "0=\(origin.port)", "--error", "503", "--workers", "1", "--mark"])
        let caller = try Caller(port: try proxy.port(after: Self.address))
        #expect(try eventually { try caller.get().status == 503 })
        #expect(try caller.get()["x-brownout"] == "injected; error")
        #expect(proxy.end(SIGINT) == 0)
        #expect(proxy.text.contains("error"))
    }

    @Test("proxy: mistakes of the command line are the language's, 104; of its form, 64")
    func proxyMistakes() throws {
        let wrong = try Product.run(["proxy", "9001=8081", "--latency", "200"])
        #expect(wrong.status == 104)
        #expect(wrong.errors.contains("did you mean 200ms?"))
        #expect(try Product.run(["proxy", "9001"]).status == 64)
        #expect(try Product.run(["proxy", "9001=8081", "--protocol", "udp"]).status == 64)
        #expect(try Product.run(["proxy", "9001=8081", "--share", "10%"]).status == 64)
    }
}
