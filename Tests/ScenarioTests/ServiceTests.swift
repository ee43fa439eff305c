import Scenario
import Testing
import Units

@Suite("Services and zones")
struct ServiceTests {
    private func services(_ text: String) -> String { "brownout: 1\nservices:\n" + text }

    @Test("a service of the contract's example is read key by key")
    func whole() throws {
        let file = try file(
            services(
                """
                  payments:
                    listen: 127.0.0.1:9001
                    protocol: http
                    endpoints:
                      - { to: "10.0.1.5:8080", zone: az-a }
                      - { to: "10.0.2.5:8080", zone: az-b, listen: "127.0.0.1:9003" }
                    prefer: [az-b, az-a]
                    failover: { after: 3s }
                    host: endpoint
                    timeouts: { connect: 2s, idle: 1m }
                    callers: "header:X-Client"
                    identity: ["header:x-order-id"]
                    slo: { good: "status < 500 and latency <= 300ms", target: 99.9%, period: 30d, remaining: 62%, allowance: 5%, reserve: 20% }
                    mark: true
                    half_close: true
                """))
        let service = try #require(file.services.first)
        #expect(service.name == "payments" && service.kind == .http)
        #expect(service.listen == .host("127.0.0.1", port: 9001))
        #expect(service.endpoints.count == 2)
        #expect(
            service.endpoints[1]
                == Endpoint(to: .host("10.0.2.5", port: 8080), zone: "az-b", listen: .host("127.0.0.1", port: 9003)))
        #expect(
            service.prefer == ["az-b", "az-a"] && service.failoverAfter == .seconds(3) && service.host == .endpoint)
        #expect(service.connectTimeout == .seconds(2) && service.idleTimeout == .minutes(1))
        #expect(service.callers == .header("x-client") && service.identity == ["header:x-order-id"])
        #expect(service.mark == true && service.halfClose)
        let slo = try #require(service.slo)
        #expect(slo.target == 0.999 && slo.period == .seconds(30 * 86_400) && slo.remaining == 0.62)
        #expect(slo.allowance == 0.05 && slo.reserve == 0.2)
    }

    @Test("the short form is one endpoint in no zone, with all defaults")
    func short() throws {
        let service = try #require(
            try file(services("  a: { listen: \"127.0.0.1:0\", to: \"b.internal:80\" }")).services.first)
        #expect(service.endpoints == [Endpoint(to: .host("b.internal", port: 80))])
        #expect(service.listen == .host("127.0.0.1", port: 0))
        #expect(service.kind == .tcp && service.host == .keep && service.callers == .address && service.mark == nil)
        #expect(service.connectTimeout == .seconds(5) && service.idleTimeout == .minutes(5) && !service.halfClose)
    }

    @Test(
        "addresses read and print",
        arguments: [
            ("127.0.0.1:80", NetworkAddress.host("127.0.0.1", port: 80)), ("[::1]:9001", .host("::1", port: 9001)),
            ("unix:/run/x.sock", .unix(path: "/run/x.sock")),
            ("my_host-1.example:65535", .host("my_host-1.example", port: 65535)),
        ])
    func addresses(_ text: String, _ address: NetworkAddress) {
        #expect(NetworkAddress(text: text) == address)
        #expect(address.description == text)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", ":", "a", "a:", ":80", "a:65536", "a:-1", "a:+1", "a b:80", "[::1]", "[::1:80", "[x]:80", "::1:80",
            "unix:x",
            "unix:/" + String(repeating: "x", count: 107), "http://a:80", "a:80/x",
        ])
    func noAddress(_ text: String) { #expect(NetworkAddress(text: text) == nil) }

    @Test(
        "blocks of addresses read",
        arguments: [
            ("10.1.0.0/16", [10, 1, 0, 0], 16), ("1.2.3.4", [1, 2, 3, 4], 32), ("0.0.0.0/0", [0, 0, 0, 0], 0),
            ("fd00::/8", [0xFD] + Array(repeating: 0, count: 15), 8),
            ("::1", Array(repeating: 0, count: 15) + [1], 128),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8], 128),
            ("::ffff:1.2.3.4", Array(repeating: 0, count: 10) + [0xFF, 0xFF, 1, 2, 3, 4], 128),
        ] as [(String, [UInt8], Int)])
    func blocks(_ text: String, _ network: [UInt8], _ length: Int) {
        #expect(AddressBlock(text: text) == AddressBlock(network: network, prefixLength: length))
    }

    @Test(
        "what is no block is none",
        arguments: [
            "", "/", "10.0.0.0/33", "10.0.0/8", "256.0.0.0", "::/129", ":::", "1::2::3", "1:2:3", "12345::", "a",
            "1.2.3.4/", "+1.2.3.4",
        ])
    func noBlock(_ text: String) { #expect(AddressBlock(text: text) == nil) }

    @Test(
        "mistakes in services",
        arguments: [
            ("  a: { listen: 9001, to: b:80 }", #"3:16: error: listen must be host:port or unix:/path, and is "9001""#),
            (
                "  a: { listen: \":9001\", to: b:80 }",
                #"3:16: error: listen must be host:port or unix:/path, and is ":9001""#
            ),
            (
                "  a: { listen: \"h:1\", to: \"http://b:80\" }",
                #"3:27: error: to must be host:port or unix:/path, and is "http://b:80""#
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:0\" }",
                "3:27: error: to needs a port; port 0 means something only where we listen"
            ),
            ("  a: { listen: \"h:1\" }", "3:6: error: a service needs `to` or `endpoints`"),
            ("  a: { to: \"h:1\" }", "3:6: error: a service needs `listen`"),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", endpoints: [\"c:1\"] }",
                "3:23: error: `to` and `endpoints` say the same thing"
            ),
            ("  a: { listen: \"h:1\", endpoints: [] }", "3:34: error: endpoints is an empty list"),
            (
                "  a: { listen: \"h:1\", endpoints: [\"c:1\", \"c:1\"] }",
                "3:42: error: the endpoint c:1 is listed twice"
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\" }\n  b: { listen: \"h:1\", to: \"b:1\" }",
                "4:16: error: h:1 is already the listener of a"
            ),
            ("  a: { listen: \"h:1\", to: \"b:1\", protocol: htp }", #"3:44: error: protocol cannot be "htp""#),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", prefer: [az] }",
                #"3:43: error: no endpoint of a is in the zone "az""#
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", timeouts: { connect: 0s } }",
                "3:55: error: connect must be at least 1ms"
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", callers: ip }",
                #"3:43: error: callers must be address, header:NAME or cookie:NAME, and is "ip""#
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", identity: x }",
                #"3:44: error: identity must be header:NAME or cookie:NAME, and is "x""#
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", slo: { good: status < 500, target: 100%, period: 30d } }",
                "3:69: error: target must lie between 0% and 100%: at 100% there is no error budget"
            ),
            (
                "  a: { listen: \"h:1\", to: \"b:1\", slo: { good: size < 500, target: 99%, period: 30d } }",
                #"3:47: error: in `good`: expected status or latency and found "size""#
            ),
            ("  a: { listen: \"h:1\", to: \"b:1\", slo: { target: 99% } }", "3:39: error: slo needs `good`"),
            ("  a b: { listen: \"h:1\", to: \"b:1\" }", #"3:3: error: "a b" is not a name for a service"#),
            ("  a: nothing", #"3:6: error: expected a service, a mapping, and found "nothing""#),
            ("  a:", "3:5: error: expected a service, a mapping, and found nothing"),
        ])
    func mistakes(_ text: String, _ line: String) {
        let found = said(services(text + "\n"))
        #expect(found.contains(line), "\(found)")
    }

    @Test("keys of http are without effect on tcp, and this is said")
    func tcp() {
        let found = said(services("  a: { listen: \"h:1\", to: \"b:1\", mark: true, host: x }\n"))
        #expect(
            found == [
                "3:34: warning: `mark` has no effect on a tcp service",
                "3:46: warning: `host` has no effect on a tcp service",
            ])
    }

    @Test("zones have callers")
    func zones() throws {
        let file = try file("brownout: 1\nzones:\n  az-a: { callers: [10.1.0.0/16, \"fd00::/8\"] }\n  az-b:\n")
        #expect(file.zones.map(\.name) == ["az-a", "az-b"])
        #expect(file.zones[0].callers.map(\.prefixLength) == [16, 8])
        #expect(said("brownout: 1\nzones:\n  az a: {}\n") == [#"3:3: error: "az a" is not a name for a zone"#])
    }

    @Test("an environment brings services, and wins over the file")
    func environment() throws {
        let decoded = ScenarioDecoder.decodeEnvironment(
            text:
                "brownout: 1\nzones: { az-a: {} }\nservices:\n  payments: { listen: \"h:1\", protocol: http, to: \"prod:80\" }\n",
            fileName: "env.yaml")
        let environment = try #require(decoded.file)
        let text = """
            brownout: 1
            services:
              payments: { listen: "h:1", to: "test:80" }
              ledger: { listen: "h:2", to: "test:81" }
            timeline:
              - phase: a
                for: 1s
                faults: [{ service: payments, error: 503 }]
            """
        let played = decode(text, environment: environment)
        #expect(
            played.diagnostics.map(\.headline) == [
                "game.yaml:2:1: warning: payments is in the environment file too, which wins"
            ])
        #expect(played.file?.services.map(\.name) == ["payments", "ledger"])
        #expect(played.file?.services[0].endpoints[0].to == .host("prod", port: 80))
        let wrong = ScenarioDecoder.decodeEnvironment(text: "brownout: 1\ntimeline: []\n", fileName: "env.yaml")
        #expect(wrong.diagnostics.map(\.headline) == ["env.yaml:2:1: error: an environment file has no key `timeline`"])
    }
}
