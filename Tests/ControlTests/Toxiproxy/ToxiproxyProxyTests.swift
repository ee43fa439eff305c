// What proxies do when they are made, changed, filled in and reset, seen from both sides.

import TestSupport
import Testing

@Suite("Proxies of the compatible API")
struct ToxiproxyProxyTests {
    private let server: ToxiproxyServer
    private let origin: TestOrigin

    init() throws {
        server = try ToxiproxyServer()
        origin = try TestOrigin.echo()
    }

    private func freePort() throws -> UInt16 { try TestOrigin { _ in }.port }

    private func shown(_ name: String) throws -> TestMessage { try server.call("GET", "/proxies/\(name)") }

    @Test(
        "disabled at creation nothing is bound and listen stays as given; enabled it is bound and comes back resolved")
    func creation() throws {
        let port = try freePort()
        let body = #"{"name":"a","listen":"localhost:\#(port)","upstream":"localhost:\#(origin.port)","enabled":false}"#
        let made = try server.call("POST", "/proxies", body)
        #expect(try server.value("listen", made) == "localhost:\(port)")
        #expect(made.bodyText.contains(#""enabled":false"#))
        #expect(!accepts(port))
        let enabled = try server.call("POST", "/proxies/a", #"{"enabled":true}"#)
        #expect(try server.value("listen", enabled) == "127.0.0.1:\(port)")
        #expect(try server.value("upstream", enabled) == "localhost:\(origin.port)")
        #expect(try TestSocket.connect(port: port).echo() == .answered)
    }

    @Test("without listen it is any port on every address, and null is as good as nothing")
    func defaults() throws {
        let body = #"{"name":"a","listen":null,"upstream":"127.0.0.1:\#(origin.port)","enabled":null,"toxics":null}"#
        let made = try server.call("POST", "/proxies", body)
        #expect(try server.value("listen", made).hasPrefix("0.0.0.0:"))
        #expect(try TestSocket.connect(port: try server.listenPort(made)).echo() == .answered)
    }

    @Test("names that no path, label or terminal could carry are refused, and nothing is made")
    func names() throws {
        let long = String(repeating: "n", count: 201)
        for (name, message) in [
            (long, "longer than 200 bytes"), (#"a\u001b[2J"#, "control characters"), (#"a\nb"#, "control"),
        ] {
            let proxy = try server.call("POST", "/proxies", #"{"name":"\#(name)","upstream":"127.0.0.1:1"}"#)
            #expect(proxy.status == 400 && proxy.bodyText.contains(message), "\(proxy.bodyText)")
            _ = try? server.call("POST", "/proxies", #"{"name":"p","listen":"127.0.0.1:0","upstream":"127.0.0.1:1"}"#)
            let toxic = try server.call("POST", "/proxies/p/toxics", #"{"name":"\#(name)","type":"noop"}"#)
            #expect(toxic.status == 400 && toxic.bodyText.contains(message), "\(toxic.bodyText)")
        }
        #expect(try server.call("GET", "/proxies/p/toxics").bodyText.contains("[]"))
    }

    @Test("large bodies without sense are refused, every one of them, and the API goes on answering")
    func largeBodies() throws {
        let list = "[" + String(repeating: "{},", count: 100_000) + "{}]"
        let keys = "{" + (0..<20_000).map { #""k\#($0)":1,"# }.joined() + #""name":""}"#
        var senders: [TestSocket] = []
        for (path, body) in Array(repeating: ("/populate", list), count: 3)
            + Array(repeating: ("/proxies", keys), count: 3)
        {
            let socket = try TestSocket.connect(port: server.port)
            try socket.send(
                "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                    + body)
            senders.append(socket)
        }
        #expect(try server.call("GET", "/version").status == 200)
        for sender in senders { #expect(try TestReader(sender).message()?.status == 400) }
    }

    @Test("what changes nothing cuts nothing: {}, another name, the same place by name")
    func noChange() throws {
        let port = try server.proxy("a", to: origin.port)
        let caller = try TestSocket.connect(port: port)
        #expect(caller.echo() == .answered)
        let before = try shown("a").bodyText
        for body in [
            "{}", #"{"name":"b"}"#, #"{"listen":"localhost:\#(port)","upstream":"127.0.0.1:\#(origin.port)"}"#,
            #"{"enabled":true}"#, #"{"listen":null,"upstream":null,"enabled":null}"#,
        ] {
            #expect(try server.call("PATCH", "/proxies/a", body).bodyText == before)
        }
        #expect(caller.echo() == .answered)
    }

    @Test("another upstream drops the connections, keeps the port and the toxics")
    func otherUpstream() throws {
        let port = try server.proxy("a", to: origin.port)
        try server.poison("a", "noop", "")
        let caller = try TestSocket.connect(port: port)
        #expect(caller.echo() == .answered)
        let other = try TestOrigin { try $0.send("other") }
        let changed = try server.call("POST", "/proxies/a", #"{"upstream":"127.0.0.1:\#(other.port)"}"#)
        #expect(try server.listenPort(changed) == port)
        #expect(changed.bodyText.contains("noop_downstream"))
        #expect(try [.closed, .reset].contains(caller.fate()))
        #expect(try TestSocket.connect(port: port).receive(exactly: 5) == Array("other".utf8))
    }

    @Test("another listen moves it and drops the connections")
    func otherListen() throws {
        let port = try server.proxy("a", to: origin.port)
        let caller = try TestSocket.connect(port: port)
        #expect(caller.echo() == .answered)
        let next = try freePort()
        #expect(try server.call("POST", "/proxies/a", #"{"listen":"localhost:\#(next)"}"#).status == 200)
        #expect(try [.closed, .reset].contains(caller.fate()))
        #expect(!accepts(port))
        #expect(try TestSocket.connect(port: next).echo() == .answered)
    }

    @Test("disabling closes the listener and every connection; it comes back on its port, with its toxics")
    func disabling() throws {
        let port = try server.proxy("a", to: origin.port)
        try server.poison("a", "reset_peer", "")
        try server.poison("a", "noop", "")
        #expect(try server.call("DELETE", "/proxies/a/toxics/reset_peer_downstream").status == 204)
        try server.poison("a", "limit_data", #""bytes":1"#)
        let caller = try TestSocket.connect(port: port)
        let disabled = try server.call("POST", "/proxies/a", #"{"enabled":false}"#)
        #expect(try server.listenPort(disabled) == port)
        #expect(try [.closed, .reset].contains(caller.fate()))
        #expect(!accepts(port))
        let enabled = try server.call("POST", "/proxies/a", #"{"enabled":true}"#)
        #expect(try server.listenPort(enabled) == port)
        #expect(enabled.bodyText.contains("limit_data_downstream"))
        let next = try TestSocket.connect(port: port)
        try next.send("xyz")
        #expect(try next.receiveAll() == Array("x".utf8))
    }

    @Test("what cannot be opened again is 500 and left disabled")
    func failedRestart() throws {
        let port = try server.proxy("a", to: origin.port)
        let message = "listen tcp 127.0.0.1:\(origin.port): bind: address already in use"
        let answer = try server.call("POST", "/proxies/a", #"{"listen":"127.0.0.1:\#(origin.port)"}"#)
        #expect(answer.bodyText == "{\"error\":\"\(message)\",\"status\":500}\n")
        #expect(try shown("a").bodyText.contains(#""enabled":false"#))
        #expect(!accepts(port))
    }

    @Test(
        "populate leaves equal proxies as they are, their flag and toxics included, and replaces others without toxics")
    func populate() throws {
        let ports = try ["same", "other"].map { try server.proxy($0, to: origin.port) }
        for name in ["same", "other"] { try server.poison(name, "noop", "") }
        let caller = try TestSocket.connect(port: ports[0])
        #expect(caller.echo() == .answered)
        let next = try TestOrigin { try $0.send("next") }
        let list = [("same", ports[0], origin.port), ("other", ports[1], next.port)].map { name, listen, upstream in
            #"{"name":"\#(name)","listen":"localhost:\#(listen)","upstream":"127.0.0.1:\#(upstream)","enabled":true}"#
        }
        let answer = try server.call("POST", "/populate", "[\(list.joined(separator: ","))]")
        #expect(answer.status == 201)
        #expect(caller.echo() == .answered)
        #expect(try shown("same").bodyText.contains("noop_downstream"))
        #expect(try !shown("other").bodyText.contains("noop_downstream"))
        #expect(try TestSocket.connect(port: ports[1]).receive(exactly: 4) == Array("next".utf8))
        try server.call("POST", "/proxies/same", #"{"enabled":false}"#)
        try server.call("POST", "/populate", "[\(list[0])]")
        #expect(try shown("same").bodyText.contains(#""enabled":false"#))
    }

    @Test("populate stops at the first that fails; those before stay")
    func populateStops() throws {
        let list = ["a", "b", "c"].map { name in
            let listen = name == "b" ? origin.port : 0
            return #"{"name":"\#(name)","listen":"127.0.0.1:\#(listen)","upstream":"127.0.0.1:\#(origin.port)"}"#
        }
        #expect(try server.call("POST", "/populate", "[\(list.joined(separator: ","))]").status == 500)
        #expect(try ["a", "b", "c"].map { try shown($0).status } == [200, 404, 404])
    }

    @Test("reset enables every proxy and removes all toxics; connections live on, but for those under timeout")
    func reset() throws {
        let ports = try ["a", "b", "c"].map { try server.proxy($0, to: origin.port) }
        let callers = try ports.map { try TestSocket.connect(port: $0) }
        for caller in callers { #expect(caller.echo() == .answered) }
        try server.poison("a", "latency", #""latency":60000"#)
        try server.poison("b", "timeout", "")
        try server.call("POST", "/proxies/c", #"{"enabled":false}"#)
        try callers[0].send("held")
        try callers[1].send("lost")
        #expect(try callers[0].fate(within: 0.3) == .silent)
        #expect(try server.call("POST", "/reset").status == 204)
        #expect(try callers[0].receive(exactly: 4) == Array("held".utf8))
        #expect(callers[0].echo() == .answered)
        #expect(try callers[1].fate() == .closed)
        #expect(try TestSocket.connect(port: ports[2]).echo() == .answered)
        for name in ["a", "b", "c"] { #expect(try server.call("GET", "/proxies/\(name)/toxics").bodyText == "[]") }
    }

    @Test(
        "a proxy is a service like any other and its toxics are rules: what is done under /v1 shows here, and the reverse"
    )
    func oneWorld() throws {
        let port = try server.proxy("a", to: origin.port)
        try server.poison("a", "latency", #""latency":60000"#)
        #expect(try server.call("GET", "/v1/services/a").bodyText.contains("127.0.0.1:\(port)"))
        #expect(try server.call("GET", "/v1/faults").bodyText.contains("toxiproxy/a/latency_downstream"))
        #expect(try server.call("DELETE", "/v1/faults").status < 300)
        #expect(try server.call("GET", "/proxies/a/toxics").bodyText == "[]")
        #expect(try TestSocket.connect(port: port).echo() == .answered)
        try server.poison("a", "latency", "")
        #expect(try server.call("DELETE", "/v1/services/a").status < 300)
        #expect(try shown("a").status == 404)
        _ = try server.proxy("a", to: origin.port)
        #expect(try server.call("GET", "/proxies/a/toxics").bodyText == "[]")
    }
}
