// What becomes of toxics in the language of rules.

import Scenario
import Testing
import Units

@testable import Control
@testable import Faults

@Suite("Toxics as rules")
struct ToxicEntryTests {
    private func toxic(_ type: String, _ attributes: String = "", _ rest: String = "") throws -> Toxic {
        let text = #"{"type":"\#(type)","attributes":{\#(attributes)}\#(rest)}"#
        return try Toxic(try JSONInput.body(Array(text.utf8)), taken: [])
    }

    private func fault(_ type: String, _ attributes: String = "") throws -> FaultValue? {
        try toxic(type, attributes).entry(of: "redis")?.fault
    }

    private func number(_ value: Double) -> AttributeValue { .magnitude(.constant(value)) }

    @Test("each toxic becomes its fault")
    func mapping() throws {
        let rows: [(String, String, String, [String: AttributeValue])] = [
            ("latency", #""latency":250"#, "latency", ["fixed": number(0.25)]),
            (
                "latency", #""latency":250,"jitter":50"#, "latency",
                ["fixed": .jitter(center: .constant(0.25), spread: .constant(0.05))]
            ),
            ("bandwidth", #""rate":12"#, "bandwidth", ["rate": number(12_000)]),
            ("bandwidth", "", "bandwidth", ["rate": number(0)]),
            ("slow_close", #""delay":1500"#, "slow_close", ["delay": number(1.5)]),
            ("timeout", #""timeout":100"#, "hang", ["for": number(0.1), "then": .word("close")]),
            ("timeout", "", "hang", ["then": .word("close")]),
            ("reset_peer", #""timeout":100"#, "reset", ["after": .extent(.time(.constant(0.1)))]),
            (
                "slicer", #""average_size":64,"size_variation":32,"delay":10"#, "slice",
                ["size": number(64), "variation": number(32), "delay": number(0.000_01)]
            ),
            ("limit_data", #""bytes":700"#, "limit", ["bytes": number(700)]),
            (
                "packet_loss", #""loss_rate":0.25,"correlation":0.5"#, "loss",
                ["rate": number(0.25), "correlation": number(0.5)]
            ),
        ]
        for (type, attributes, name, expected) in rows {
            let found = try fault(type, attributes)
            let fault = try #require(found)
            #expect(fault.name == name)
            #expect(fault.attributes == expected, "\(type) \(attributes)")
        }
        #expect(try fault("noop") == nil)
        #expect(Set(rows.map(\.0)).union(["noop"]) == Set(ToxicKind.allCases.map(\.rawValue)))
    }

    @Test("a number that makes no sense stands for the nearest that does")
    func nearest() throws {
        #expect(try fault("slicer") == nil)
        #expect(try fault("slicer", #""average_size":-5,"delay":3"#) == nil)
        #expect(try fault("slicer", #""average_size":5,"size_variation":9"#)?["variation"] == number(5))
        #expect(try fault("bandwidth", #""rate":-7"#)?["rate"] == number(0))
        #expect(try fault("latency", #""latency":-9"#)?["fixed"] == number(0))
        #expect(try fault("timeout", #""timeout":-9"#)?["for"] == nil)
        #expect(try fault("limit_data", #""bytes":-9"#)?["bytes"] == number(0))
        #expect(try fault("packet_loss", #""correlation":1"#)?["correlation"] == number(0.99))
    }

    @Test("whatever is accepted can be compiled and asked", arguments: ToxicKind.allCases)
    func survivable(kind: ToxicKind) throws {
        let service = Service(proxy: "redis", listen: .host("127.0.0.1", port: 0), upstream: .host("a", port: 1))
        for value in [Int64.min, -1, 0, 1, 1_000, Int64.max] {
            let attributes = kind.attributes.map { attribute in
                #""\#(attribute.name)":\#(attribute.form == .integer ? "\(value)" : "\(value > 0 ? 1 : 0)")"#
            }
            guard let entry = try toxic(kind.rawValue, attributes.joined(separator: ",")).entry(of: "redis") else {
                continue
            }
            let rule = try Rule(
                entry: entry, index: 0, service: service, state: EntryState(name: entry.name), seed: 1,
                clock: RuleClock(began: .zero, length: .seconds(1)))
            var draws = ConnectionDraws()
            let plan = [UInt8](repeating: 1, count: 4).withBytes { client in
                Chain([rule]).connectionPlan(
                    client: client, connection: ConnectionFacts(born: .zero), target: Target(endpoint: 0), now: .zero,
                    draws: &draws)
            }
            #expect(!plan.isClear)
        }
    }

    @Test("a rule speaks of its proxy, stream and toxicity, under a name that no other toxic has")
    func entry() throws {
        let upstream = try toxic("latency", "", #","stream":"upstream","toxicity":0.25"#)
        let entry = try #require(upstream.entry(of: "redis"))
        #expect(entry.name == "toxiproxy/redis/latency_upstream")
        #expect(entry.services == .named(["redis"]))
        #expect(entry.direction == .upstream)
        #expect(entry.share == .constant(0.25))
        #expect(try toxic("latency", "", #","toxicity":7"#).entry(of: "r")?.share == .constant(1))
        #expect(try toxic("latency", "", #","toxicity":-7"#).entry(of: "r")?.share == .constant(0))
        #expect(Toxic.ruleName(proxy: "a/b", toxic: "c") != Toxic.ruleName(proxy: "a", toxic: "b/c"))
        #expect(Toxic.ruleName(proxy: "a/b", toxic: "c") != Toxic.ruleName(proxy: "a%2Fb", toxic: "c"))
    }

    @Test("jitter is even on both sides, and never makes a delay less than nothing")
    func jitter() throws {
        for (latency, least, most) in [(100, 0.050, 0.150), (20, 0, 0.070)] {
            let fault = try fault("latency", #""latency":\#(latency),"jitter":50"#)
            guard case .jitter(let center, let spread)? = fault?["fixed"] else {
                Issue.record("no jitter")
                continue
            }
            let distribution = MovingDistribution(.jitter(center: center, spread: spread)).frozen(at: .zero, of: .zero)
            #expect(abs(distribution.quantile(1e-9) - least) < 1e-6)
            #expect(abs(distribution.quantile(1 - 1e-9) - most) < 1e-6)
            #expect(abs(distribution.quantile(0.5) - Double(latency) / 1_000) < 1e-6)
        }
    }
}
