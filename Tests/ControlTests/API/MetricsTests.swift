import Foundation
import TestSupport
import Testing

@testable import Control

/// The metrics page and the probes.
@Suite("The metrics")
struct MetricsTests {
    @Test("requests, statuses, injections and latencies are counted by service, endpoint and zone")
    func counts() throws {
        try APIBench.run { bench in
            let caller = try bench.caller()
            for _ in 0..<5 { #expect(try caller.get().status == 200) }
            _ = try bench.json(
                "POST", "/v1/faults?ttl=5m", "{name: outage, service: payments, error: 503}", status: 201)
            for _ in 0..<3 { #expect(try caller.get().status == 503) }
            let place = "service=\"payments\",endpoint=\"127.0.0.1:\(bench.origin.port)\",zone=\"az-a\""
            let all = "brownout_request_duration_seconds_count{\(place)}"
            #expect(try eventually { try bench.metric(all) == 8 })
            #expect(
                try eventually { try bench.metric("brownout_injections_total{fault=\"outage\",kind=\"error\"}") == 3 })
            #expect(try bench.metric("brownout_fault_live{fault=\"outage\",kind=\"error\"}") == 1)
            let page = try bench.ask("GET", "/metrics")
            #expect(page["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let ok =
                "brownout_requests_total{\(place),protocol=\"http\",status=\"200\",outcome=\"complete\",fault=\"false\"} 5"
            #expect(page.bodyText.contains(ok))
            #expect(page.bodyText.contains("status=\"503\",outcome=\"injected_answer\",fault=\"true\"} 3"))
        }
    }

    @Test("label values are escaped by scalar, and long ones stay different")
    func longLabels() throws {
        try APIBench.run { bench in
            let long = String(repeating: "n", count: 150)
            for name in ["q\\\"\u{301}", long + "1", long + "2"] {
                let entry = "{\"service\": \"payments\", \"name\": \"\(name)\", \"latency\": \"1ms\"}"
                _ = try bench.json("POST", "/v1/faults?ttl=5m", entry, status: 201)
            }
            let page = try bench.ask("GET", "/metrics").bodyText
            #expect(page.contains("fault=\"q\\\"\u{301}\""), "\(page)")
            let live = page.split(separator: "\n").filter { $0.hasPrefix("brownout_fault_live{fault=\"nnn") }
            #expect(Set(live).count == 2 && live.allSatisfy { $0.count < 200 }, "\(live)")
        }
    }

    @Test("bytes move while a TCP connection is open, and are counted once when it is closed")
    func openConnections() throws {
        try APIBench.run { bench in
            let echo = try TestOrigin.echo()
            let body = #"{"listen": "127.0.0.1:0", "to": "127.0.0.1:\#(echo.port)"}"#
            let service = try bench.json("PUT", "/v1/services/db", body, status: 201)
            let port = try #require((service["bound"] as? [String])?.first.flatMap { UInt16($0.dropFirst(10)) })
            let name = "brownout_bytes_total{service=\"db\",direction=\"upstream\"}"
            var socket: TestSocket? = try TestSocket.connect(port: port)
            for round in 1...2 {
                try socket?.send(Array(repeating: 1, count: 1_000))
                _ = try socket?.receive(exactly: 1_000)
                #expect(try eventually { try bench.metric(name) == Double(round) * 1_000 })
            }
            #expect(try bench.metric("brownout_connections_open{service=\"db\"}") == 1)
            socket = nil
            #expect(try eventually { try bench.metric("brownout_connections_open{service=\"db\"}") == 0 })
            #expect(try bench.metric(name) == 2_000)
        }
    }

    @Test("bytes of an exchange move while it is open, and are counted once when it ends")
    func openExchanges() throws {
        try APIBench.run { bench in
            let origin = try TestOrigin { socket in
                _ = try socket.receive()
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + String(repeating: "a", count: 1_000))
                _ = try socket.receive(exactly: 2)
                try socket.send(String(repeating: "b", count: 2_000))
                _ = try socket.receive()
            }
            let body = #"{"listen": "127.0.0.1:0", "to": "127.0.0.1:\#(origin.port)", "protocol": "http"}"#
            let service = try bench.json("PUT", "/v1/services/long", body, status: 201)
            let port = try #require((service["bound"] as? [String])?.first.flatMap { UInt16($0.dropFirst(10)) })
            let name = "brownout_bytes_total{service=\"long\",direction=\"downstream\"}"
            let socket = try TestSocket.connect(port: port)
            let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
            let head = 41.0
            try socket.send(request)
            #expect(try eventually { try bench.metric(name) == head + 1_000 })
            try socket.send("go")
            #expect(try TestReader(socket).message()?.body.count == 3_000)
            #expect(try eventually { try bench.metric(name) == head + 3_000 })
            let up = "brownout_bytes_total{service=\"long\",direction=\"upstream\"}"
            #expect(try bench.metric(up) == Double(request.utf8.count + 2))
        }
    }

    @Test("every family has its help and type once, before its samples, and every sample is a number")
    func format() throws {
        try APIBench.run { bench in
            _ = try bench.caller().get()
            var families: Set<Substring> = []
            for line in try bench.ask("GET", "/metrics").bodyText.split(separator: "\n") {
                if line.hasPrefix("# TYPE ") {
                    #expect(families.insert(line.split(separator: " ")[2]).inserted)
                } else if !line.hasPrefix("#") {
                    let name = line.prefix { $0 != "{" && $0 != " " }
                    #expect(families.contains { name == $0 || name.hasPrefix("\($0)_") }, "\(line)")
                    #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
                }
            }
            #expect(families.count > 15)
        }
    }

    @Test("labels are escaped and cut")
    func labels() {
        var page = MetricsPage()
        page.sample("x", ["a": "say \"hi\"\n\\", "b": String(repeating: "y", count: 500)], 1)
        #expect(page.text.hasPrefix(#"x{a="say \"hi\"\n\\",b="yyy"#))
        #expect(page.text.count < 200)
    }

    @Test("probes answer without a token, the rest does not")
    func probes() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "token")
            try "0123456789abcdef\n".write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            let bench = try APIBench(in: directory, options: ["--control-token-file", file.path])
            #expect(try bench.ask("GET", "/healthz").bodyText == "ok\n")
            #expect(try bench.ask("GET", "/readyz").status == 200)
            let refused = try bench.ask("GET", "/v1/status")
            #expect(refused.status == 401)
            #expect(refused["www-authenticate"] == "Bearer")
            #expect(
                try bench.ask("GET", "/v1/status", fields: ["Authorization: Bearer 0123456789abcdeX"]).status == 401)
            #expect(
                try bench.ask("GET", "/v1/status", fields: ["Authorization: Bearer 0123456789abcdef"]).status == 200)
        }
    }
}
