// Every row of the table of routes: what succeeds, and what is refused with which status.

import TestSupport
import Testing

@Suite("Routes of the compatible API")
struct ToxiproxyRouteTests {
    private let server: ToxiproxyServer
    private let origin: TestOrigin

    init() throws {
        server = try ToxiproxyServer()
        origin = try TestOrigin.echo()
    }

    private func proxyBody(_ name: String, _ rest: String = "") -> String {
        #"{"name":"\#(name)","listen":"127.0.0.1:0","upstream":"127.0.0.1:\#(origin.port)"\#(rest)}"#
    }

    private func status(_ method: String, _ path: String, _ body: String? = nil) throws -> Int {
        try server.call(method, path, body).status
    }

    @Test("GET /proxies: an object by name, sorted, toxics included")
    func proxies() throws {
        #expect(try server.call("GET", "/proxies").bodyText == "{}")
        let ports = try ["b", "a", "B"].map { try server.proxy($0, to: origin.port) }
        try server.poison("a", "latency", #""latency":5"#)
        let toxic =
            #"{"attributes":{"latency":5,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}"#
        let shown = [("B", ports[2], ""), ("a", ports[1], toxic), ("b", ports[0], "")].map { name, port, toxics in
            #""\#(name)":{"name":"\#(name)","listen":"127.0.0.1:\#(port)","upstream":"127.0.0.1:\#(origin.port)","#
                + #""enabled":true,"toxics":[\#(toxics)]}"#
        }
        let answer = try server.call("GET", "/proxies")
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "application/json")
        #expect(answer.bodyText == "{\(shown.joined(separator: ","))}")
    }

    @Test("POST /proxies: 201, 400, 409 and 500")
    func create() throws {
        let made = try server.call("POST", "/proxies", proxyBody("a"))
        #expect(made.status == 201)
        let listen = try server.value("listen", made)
        let expected =
            #"{"name":"a","listen":"\#(listen)","upstream":"127.0.0.1:\#(origin.port)","enabled":true,"toxics":[]}"#
        #expect(made.bodyText == expected)
        #expect(try status("POST", "/proxies", "") == 400)
        #expect(try status("POST", "/proxies", "[]") == 400)
        #expect(try status("POST", "/proxies", "{}") == 400)
        #expect(try status("POST", "/proxies", #"{"name":"b"}"#) == 400)
        #expect(try status("POST", "/proxies", proxyBody("a")) == 409)
        let taken = #"{"name":"b","listen":"\#(listen)","upstream":"127.0.0.1:1"}"#
        #expect(try status("POST", "/proxies", taken) == 500)
        #expect(try status("GET", "/proxies/b") == 404, "nothing of it is left")
    }

    @Test("POST /populate: 201, 400 and 500")
    func populate() throws {
        let made = try server.call("POST", "/populate", "[\(proxyBody("a")),\(proxyBody("b"))]")
        #expect(made.status == 201)
        #expect(made.bodyText.hasPrefix(#"{"proxies":[{"name":"a","listen":"127.0.0.1:"#))
        #expect(try server.call("POST", "/populate", "[]").bodyText == #"{"proxies":[]}"#)
        #expect(try status("POST", "/populate", "{}") == 400)
        let listen = try server.value("listen", try server.call("GET", "/proxies/a"))
        #expect(try status("POST", "/populate", #"[{"name":"c","listen":"\#(listen)","upstream":"a:1"}]"#) == 500)
    }

    @Test("GET /proxies/{p}: 200 and 404")
    func proxy() throws {
        let made = try server.call("POST", "/proxies", proxyBody("a b/ä"))
        let shown = try server.call("GET", "/proxies/a%20b%2F%C3%A4")
        #expect(shown.status == 200)
        #expect(shown.bodyText == made.bodyText)
        #expect(try status("GET", "/proxies/b") == 404)
    }

    @Test("POST or PATCH /proxies/{p}: 200, 404, 400 and 500", arguments: ["POST", "PATCH"])
    func update(method: String) throws {
        let ports = try ["a", "b"].map { try server.proxy($0, to: origin.port) }
        let before = try server.call("GET", "/proxies/a").bodyText
        #expect(try server.call(method, "/proxies/a", "{}").bodyText == before)
        #expect(try status(method, "/proxies/a", #"{"enabled":false}"#) == 200)
        #expect(try status(method, "/proxies/c", "{}") == 404)
        #expect(try status(method, "/proxies/c", "") == 404)
        #expect(try status(method, "/proxies/a", "") == 400)
        #expect(try status(method, "/proxies/a") == 400)
        #expect(try status(method, "/proxies/a", #"{"enabled":1}"#) == 400)
        #expect(try status(method, "/proxies/a", #"{"enabled":true,"listen":"127.0.0.1:\#(ports[1])"}"#) == 500)
    }

    @Test("DELETE /proxies/{p}: 204 and 404")
    func delete() throws {
        let port = try server.proxy("a", to: origin.port)
        let answer = try server.call("DELETE", "/proxies/a")
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(!accepts(port))
        #expect(try status("DELETE", "/proxies/a") == 404)
    }

    @Test("GET /proxies/{p}/toxics: 200 with those of the upstream first, and 404")
    func toxics() throws {
        _ = try server.proxy("a", to: origin.port)
        #expect(try server.call("GET", "/proxies/a/toxics").bodyText == "[]")
        for stream in ["downstream", "upstream"] {
            try server.poison("a", "noop", "", stream: stream)
            try server.poison("a", "bandwidth", #""rate":7"#, stream: stream, toxicity: 0.25)
        }
        let shown = ["upstream", "downstream"].map { stream in
            #"{"attributes":{},"name":"noop_\#(stream)","type":"noop","stream":"\#(stream)","toxicity":1},"#
                + #"{"attributes":{"rate":7},"name":"bandwidth_\#(stream)","type":"bandwidth","stream":"\#(stream)","toxicity":0.25}"#
        }
        #expect(try server.call("GET", "/proxies/a/toxics").bodyText == "[\(shown.joined(separator: ","))]")
        #expect(try status("GET", "/proxies/b/toxics") == 404)
    }

    @Test("POST /proxies/{p}/toxics: 200, 404, 400 and 409")
    func addToxic() throws {
        _ = try server.proxy("a", to: origin.port)
        let made = try server.call("POST", "/proxies/a/toxics", #"{"type":"slicer"}"#)
        #expect(made.status == 200)
        let attributes = #"{"average_size":0,"size_variation":0,"delay":0}"#
        #expect(
            made.bodyText
                == #"{"attributes":\#(attributes),"name":"slicer_downstream","type":"slicer","stream":"downstream","toxicity":1}"#
        )
        #expect(try status("POST", "/proxies/b/toxics", "") == 404)
        #expect(try status("POST", "/proxies/a/toxics", "") == 400)
        #expect(try status("POST", "/proxies/a/toxics", #"{"type":"noop","stream":""}"#) == 400)
        #expect(try status("POST", "/proxies/a/toxics", #"{"type":"x"}"#) == 400)
        #expect(try status("POST", "/proxies/a/toxics", #"{"type":"slicer"}"#) == 409)
        #expect(
            try status("POST", "/proxies/a/toxics", #"{"type":"slicer","name":"b","attributes":{"delay":1.5}}"#) == 400)
    }

    @Test(
        "GET, POST or PATCH and DELETE /proxies/{p}/toxics/{t}: 200, 200, 204, 404 and 400",
        arguments: ["POST", "PATCH"])
    func toxic(method: String) throws {
        _ = try server.proxy("a", to: origin.port)
        try server.poison("a", "latency", #""latency":5"#)
        let path = "/proxies/a/toxics/latency_downstream"
        let changed = try server.call(method, path, #"{"toxicity":0.5,"attributes":{"jitter":2}}"#)
        #expect(changed.status == 200)
        #expect(
            changed.bodyText
                == #"{"attributes":{"latency":5,"jitter":2},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":0.5}"#
        )
        let shown = try server.call("GET", path)
        #expect(shown.status == 200)
        #expect(shown.bodyText == changed.bodyText)
        #expect(try status(method, path, "") == 400)
        #expect(try status(method, path, #"{"attributes":{"jitter":"2"}}"#) == 400)
        for other in ["/proxies/a/toxics/x", "/proxies/x/toxics/latency_downstream"] {
            for (each, body) in [("GET", nil), (method, "{}"), ("DELETE", nil)] as [(String, String?)] {
                #expect(try status(each, other, body) == 404)
            }
        }
        #expect(try status("DELETE", path) == 204)
        #expect(try status("GET", path) == 404)
    }

    @Test("POST /reset: 204; GET /version: a version that clients take for one with PATCH")
    func others() throws {
        #expect(try status("POST", "/reset") == 204)
        let version = try server.value("version", try server.call("GET", "/version")).split(separator: ".").map {
            Int($0) ?? 0
        }
        #expect(version.count == 3)
        #expect(version[0] * 1_000 + version[1] >= 2_006)
    }

    @Test("GET /metrics: what Prometheus reads, proxies included")
    func metrics() throws {
        _ = try server.proxy("a", to: origin.port)
        let answer = try server.call("GET", "/metrics")
        #expect(answer.status == 200)
        #expect(answer["content-type"]?.hasPrefix("text/plain") == true)
        #expect(answer.bodyText.contains(#"service="a""#))
    }
}
