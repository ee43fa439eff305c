// Errors and transport, byte for byte as clients compare them.

import TestSupport
import Testing

@Suite("Messages of the compatible API")
struct ToxiproxyMessageTests {
    private let server: ToxiproxyServer
    private let origin: TestOrigin

    init() throws {
        server = try ToxiproxyServer()
        origin = try TestOrigin.echo()
        _ = try server.proxy("a", to: origin.port)
        try server.poison("a", "latency", "")
    }

    private static let messages: [(request: (String, String, String), status: Int, message: String)] = [
        (("POST", "/proxies", "{}"), 400, "missing required field: name"),
        (("POST", "/proxies", #"{"upstream":"a:1"}"#), 400, "missing required field: name"),
        (("POST", "/proxies", #"{"name":"b"}"#), 400, "missing required field: upstream"),
        (("POST", "/proxies", #"{"name":"a","upstream":"a:1"}"#), 409, "proxy already exists"),
        (("POST", "/proxies", ""), 400, "bad request body: it is empty"),
        (("POST", "/proxies", #"{"name":1}"#), 400, "bad request body: name must be a string"),
        (("GET", "/proxies/b", ""), 404, "proxy not found"),
        (("POST", "/proxies/b", "{}"), 404, "proxy not found"),
        (("DELETE", "/proxies/b", ""), 404, "proxy not found"),
        (("POST", "/proxies/b/toxics", "{}"), 404, "proxy not found"),
        (("GET", "/proxies/a/toxics/b", ""), 404, "toxic not found"),
        (("DELETE", "/proxies/a/toxics/b", ""), 404, "toxic not found"),
        (("POST", "/proxies/a/toxics", #"{"type":"latency"}"#), 409, "toxic already exists"),
        (("POST", "/proxies/a/toxics", #"{"type":"flood"}"#), 400, "invalid toxic type"),
        (("POST", "/proxies/a/toxics", "{}"), 400, "invalid toxic type"),
        (
            ("POST", "/proxies/a/toxics", #"{"type":"noop","stream":"both"}"#), 400,
            "stream was invalid, can be either upstream or downstream"
        ),
        (
            ("POST", "/proxies/a/toxics", #"{"type":"latency","name":"b","attributes":{"latency":100.0}}"#), 400,
            "bad request body: latency must be an integer of 64 bits"
        ),
        (
            ("POST", "/proxies", #"{"name":"b","upstream":"a:1","listen":"here"}"#), 500,
            "listen tcp: address here: missing port in address"
        ),
    ]

    @Test("each error has its status and its sentence, as text, and is not to be guessed at")
    func errors() throws {
        for (request, status, message) in Self.messages {
            let answer = try server.call(request.0, request.1, request.2)
            #expect(answer.status == status, "\(request)")
            #expect(answer.bodyText == "{\"error\":\"\(message)\",\"status\":\(status)}\n")
            #expect(answer["content-type"] == "text/plain; charset=utf-8")
            #expect(answer["x-content-type-options"] == "nosniff")
        }
    }

    @Test("errors of populate are JSON and tell what was done before")
    func populate() throws {
        let missing = try server.call("POST", "/populate", #"[{"name":"b","upstream":"a:1"},{"upstream":"a:1"}]"#)
        #expect(missing.status == 400)
        #expect(missing["content-type"] == "application/json")
        #expect(missing.bodyText == #"{"error":"missing required field: name at proxy 2","status":400,"proxies":[]}"#)
        #expect(try server.call("GET", "/proxies/b").status == 404, "everything is validated first")
        let upstream = try server.call("POST", "/populate", #"[{"name":"b"}]"#)
        #expect(
            upstream.bodyText == #"{"error":"missing required field: upstream at proxy 1","status":400,"proxies":[]}"#)
    }

    @Test("an address in use is named as clients expect it, by name or by number")
    func addressInUse() throws {
        for host in ["127.0.0.1", "localhost"] {
            let body = #"{"name":"b","listen":"\#(host):\#(origin.port)","upstream":"a:1"}"#
            let message = "listen tcp 127.0.0.1:\(origin.port): bind: address already in use"
            #expect(try server.call("POST", "/proxies", body).bodyText == "{\"error\":\"\(message)\",\"status\":500}\n")
            let list = try server.call(
                "POST", "/populate", #"[{"name":"c","upstream":"a:1","enabled":false},\#(body)]"#)
            #expect(list.status == 500)
            #expect(list.bodyText.hasPrefix(#"{"error":"\#(message)","status":500,"proxies":[{"name":"c","#))
        }
    }

    @Test(
        "an unknown path is 404 in plain text",
        arguments: [
            "/", "/proxies/", "/proxies/a/", "/proxies/a/toxics/", "/proxies/a/x", "/nothing", "/reset/",
            "/proxies//toxics",
        ])
    func unknown(path: String) throws {
        for method in ["GET", "POST"] {
            let answer = try server.call(method, path)
            #expect(answer.status == 404)
            #expect(answer.bodyText == "404 page not found\n")
            #expect(answer["content-type"] == "text/plain; charset=utf-8")
            #expect(answer["x-toxiproxy-request-id"] == nil)
        }
    }

    @Test("a wrong method on a known path is 405 with an empty body")
    func methods() throws {
        let known: [(String, [String])] = [
            ("/proxies", ["PUT", "HEAD", "OPTIONS", "PATCH", "DELETE"]),
            ("/populate", ["PUT", "HEAD", "OPTIONS", "GET"]),
            ("/reset", ["PUT", "HEAD", "OPTIONS", "GET"]), ("/version", ["PUT", "HEAD", "OPTIONS", "POST"]),
            ("/proxies/a", ["PUT", "HEAD", "OPTIONS"]), ("/proxies/a/toxics", ["PUT", "HEAD", "OPTIONS", "DELETE"]),
            ("/proxies/a/toxics/b", ["PUT", "HEAD", "OPTIONS"]),
        ]
        for (path, methods) in known {
            for method in methods {
                let answer = try server.call(method, path)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.body.isEmpty)
            }
        }
    }

    @Test("browsers are refused on every route, and nobody else")
    func browsers() throws {
        let answer = try server.call("GET", "/version", fields: ["User-Agent: Mozilla/5.0 (X11)"])
        #expect(answer.status == 403)
        #expect(answer.bodyText == "User agent not allowed\n")
        #expect(try server.call("POST", "/reset", fields: ["User-Agent: Mozilla/5.0"]).status == 403)
        #expect(try server.call("GET", "/version", fields: ["User-Agent: not Mozilla/5.0"]).status == 200)
    }

    @Test("a page that names another host, or comes from another site, is refused whatever its agent says")
    func pages() throws {
        #expect(try server.call("POST", "/reset", fields: ["Origin: http://evil.example"]).status == 403)
        let socket = try TestSocket.connect(port: server.port)
        try socket.send("POST /reset HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n")
        let message = try TestReader(socket).message()
        let answer = try #require(message)
        #expect(answer.status == 403)
        #expect(answer.bodyText.hasPrefix("{\"error\":\""))
    }

    @Test("every matched route answers with an id of its own, errors included; a content type is not looked at")
    func identifiers() throws {
        let answers = try [
            server.call("GET", "/version"), server.call("GET", "/proxies/x"), server.call("POST", "/reset"),
            server.call("POST", "/populate", "x"),
            server.call("POST", "/populate", "[]", fields: ["Content-Type: text/html"]),
        ]
        #expect(answers.map(\.status) == [200, 404, 204, 400, 201])
        let identifiers = answers.compactMap { $0["x-toxiproxy-request-id"] }
        #expect(Set(identifiers).count == answers.count)
    }
}
