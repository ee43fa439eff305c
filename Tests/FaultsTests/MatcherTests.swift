@testable import Faults
import Scenario
import Testing
import Units

@Suite("Selectors of an exchange")
struct MatcherTests {
    /// What a match says, an exchange, and whether it fits.
    static let table: [(String, @Sendable (inout Match) -> Void, @Sendable () -> TableFacts, Bool)] = [
        ("nothing asked", { _ in }, { TableFacts() }, true),
        ("a method of several", { $0.methods = ["PUT", "POST"] }, { TableFacts("POST") }, true),
        ("another method", { $0.methods = ["PUT", "POST"] }, { TableFacts("GET") }, false),
        ("methods have case", { $0.methods = ["POST"] }, { TableFacts("post") }, false),
        ("a path below", { $0.paths = [Glob("/v1/charge/**")] }, { TableFacts("GET", "/v1/charge/7/items") }, true),
        ("a path aside", { $0.paths = [Glob("/v1/charge/*")] }, { TableFacts("GET", "/v1/charge/7/items") }, false),
        ("one path of two", { $0.paths = [Glob("/a"), Glob("/b")] }, { TableFacts("GET", "/b") }, true),
        (
            "method and path must both hold",
            {
                $0.methods = ["POST"]
                $0.paths = [Glob("/a")]
            }, { TableFacts("GET", "/a") }, false
        ),
        (
            "a header, whatever the case of its name", { $0.headers = [.glob("X-Tier", "gold")] },
            { TableFacts(headers: ["x-tier": "gold"]) }, true
        ),
        (
            "a header's value has case", { $0.headers = [.glob("x-tier", "gold")] },
            { TableFacts(headers: ["x-tier": "Gold"]) }, false
        ),
        (
            "a header by glob", { $0.headers = [.glob("x-tier", "g*")] }, { TableFacts(headers: ["x-tier": "gold"]) },
            true
        ),
        ("a header that is not there", { $0.headers = [.glob("x-tier", "**")] }, { TableFacts() }, false),
        ("absent, and it is", { $0.headers = [.absent("x-tier")] }, { TableFacts() }, true),
        ("absent, and it is not", { $0.headers = [.absent("x-tier")] }, { TableFacts(headers: ["x-tier": ""]) }, false),
        (
            "alternatives of one header", { $0.headers = [.glob("x-tier", "gold"), .absent("X-Tier")] },
            { TableFacts() }, true
        ),
        (
            "two headers must both hold", { $0.headers = [.glob("a", "1"), .glob("b", "1")] },
            { TableFacts(headers: ["a": "1"]) }, false
        ),
        (
            "a query parameter", { $0.query = [.glob("Action", "AssumeRole")] },
            { TableFacts(query: "Version=1&Action=AssumeRole") }, true
        ),
        (
            "a query parameter's name has case", { $0.query = [.glob("Action", "AssumeRole")] },
            { TableFacts(query: "action=AssumeRole") }, false
        ),
        ("an escaped value", { $0.query = [.glob("q", "a b&c")] }, { TableFacts(query: "q=a+b%26c") }, true),
        ("an escaped name", { $0.query = [.glob("a b", "1")] }, { TableFacts(query: "a%20b=1") }, true),
        (
            "a broken escape stands for itself", { $0.query = [.glob("q", "100%")] }, { TableFacts(query: "q=100%") },
            true
        ),
        ("the first of two values", { $0.query = [.glob("q", "2")] }, { TableFacts(query: "q=1&q=2") }, false),
        ("a parameter without a value", { $0.query = [.glob("debug", "")] }, { TableFacts(query: "debug&x=1") }, true),
        ("an absent parameter", { $0.query = [.absent("debug")] }, { TableFacts(query: "debugger=1") }, true),
        ("a larger body", { $0.bodyOver = 1_000 }, { TableFacts(body: 1_001) }, true),
        ("a body that is not over", { $0.bodyOver = 1_000 }, { TableFacts(body: 1_000) }, false),
        ("a body of unknown length", { $0.bodyOver = 0 }, { TableFacts() }, false),
        (
            "a client inside", { $0.clients = [.init(network: [10, 1, 0, 0], prefixLength: 16)] },
            { TableFacts(client: [10, 1, 200, 3]) }, true
        ),
        (
            "a client outside", { $0.clients = [.init(network: [10, 1, 0, 0], prefixLength: 16)] },
            { TableFacts(client: [10, 2, 0, 1]) }, false
        ),
        (
            "a prefix within a byte", { $0.clients = [.init(network: [10, 1, 128, 0], prefixLength: 17)] },
            { TableFacts(client: [10, 1, 127, 0]) }, false
        ),
        (
            "a client mapped into IPv6", { $0.clients = [.init(network: [10, 0, 0, 0], prefixLength: 8)] },
            { TableFacts(client: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 7]) }, true
        ),
        (
            "an IPv6 client",
            { $0.clients = [.init(network: [0xFD] + [UInt8](repeating: 0, count: 15), prefixLength: 8)] },
            { TableFacts(client: [0xFD] + [UInt8](repeating: 9, count: 15)) }, true
        ),
        ("everybody", { $0.clients = [.init(network: [0, 0, 0, 0], prefixLength: 0)] }, { TableFacts() }, true),
        (
            "a unix socket has no address", { $0.clients = [.init(network: [0, 0, 0, 0], prefixLength: 0)] },
            { TableFacts(client: []) }, false
        ),
    ]

    @Test("a match fits or not", arguments: table.indices)
    func matches(row: Int) {
        let (name, ask, facts, expected) = Self.table[row]
        var match = Match()
        ask(&match)
        #expect(Matcher(match).matches(facts()) == expected, "\(name)")
    }

    @Test(
        "a query never reads beyond its end", arguments: ["", "&", "=", "&&=&", "%", "%4", "a=%", "a=%4", "=&=", "a&"])
    func oddQueries(query: String) {
        var match = Match()
        match.query = [.glob("missing", "x")]
        #expect(!Matcher(match).matches(TableFacts(query: query)))
    }
}

extension NamedPattern {
    static func glob(_ name: String, _ text: String) -> NamedPattern { .init(name: name, pattern: .glob(Glob(text))) }
    static func absent(_ name: String) -> NamedPattern { .init(name: name, pattern: .absent) }
}
