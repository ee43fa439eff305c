@testable import Faults
import Scenario
import Testing
import Units

@Suite("partition")
struct PartitionTests {
    private static let inside: [UInt8] = [10, 1, 2, 3]
    private static let outside: [UInt8] = [10, 2, 2, 3]

    private func chain(
        _ kind: Service.Kind, _ configure: (inout FaultEntry) -> Void = { _ in }
    ) throws -> Chain {
        Chain([try rule(fault("partition", "{from: az-a, to: az-b}"), service: .forTests(kind), configure)])
    }

    private func isCutOff(_ chain: Chain, _ client: [UInt8], _ endpoint: Int, at seconds: Double = 1) -> Bool {
        client.withBytes { chain.partition(client: $0, endpoint: endpoint, now: .at(seconds)) != nil }
    }

    @Test("an exchange of such a caller to such an endpoint meets it, no other")
    func exchanges() throws {
        let chain = try chain(.http)
        let plan = chain.plan(TableFacts(client: Self.inside), endpoint: 1)
        #expect(plan.blackout?.blackout == Partition.blackout)
        #expect(chain.plan(TableFacts(client: Self.inside), endpoint: 0).isClear)
        #expect(chain.plan(TableFacts(client: Self.outside), endpoint: 1).isClear)
    }

    @Test("on tcp a connection meets it, open ones too")
    func connections() throws {
        let chain = try chain(.tcp)
        for (client, endpoint, isMet) in [(Self.inside, 1, true), (Self.inside, 0, false), (Self.outside, 1, false)] {
            for born in [-100, 0.5] {
                var draws = ConnectionDraws()
                let plan = chain.connectionPlan(draws: &draws, born: born, endpoint: endpoint, client: client)
                #expect((plan.blackout != nil) == isMet)
            }
        }
    }

    @Test(
        "endpoints are out of reach for those callers alone, and dark for nobody", arguments: [Service.Kind.http, .tcp])
    func reach(kind: Service.Kind) throws {
        let chain = try chain(kind)
        #expect(chain.hasPartitions && !Chain([]).hasPartitions)
        #expect((0..<2).map { isCutOff(chain, Self.inside, $0) } == [false, true])
        #expect((0..<2).map { isCutOff(chain, Self.outside, $0) } == [false, false])
        #expect(chain.blackout(endpoint: 1, now: .at(1)) == nil)
    }

    @Test("a share leaves the endpoint within reach: who is harmed hangs there")
    func share() throws {
        let chain = try chain(.http) { $0.share = .ramp(from: 0, to: 1, curve: .linear, over: nil) }
        #expect([1, 600].map { isCutOff(chain, Self.inside, 1, at: $0) } == [false, true])
    }

    @Test("a match on the client narrows it further")
    func match() throws {
        var match = Match()
        match.clients = [AddressBlock(network: [10, 1, 2, 0], prefixLength: 24)]
        let chain = try chain(.tcp) { $0.match = match }
        #expect(isCutOff(chain, Self.inside, 1))
        #expect(!isCutOff(chain, [10, 1, 9, 9], 1))
    }

    @Test("it concerns services with an endpoint in the zone, and must know who calls")
    func refused() throws {
        let value = try fault("partition", "{from: az-a, to: az-c}")
        #expect(!Rule.concerns(entry(value), .forTests()))
        #expect(!complaints("partition", "").isEmpty)
        #expect(!complaints("partition", "{from: az-a}").isEmpty)
        #expect(throws: FaultError.self) { try rule(fault("partition", "{from: az-b, to: az-a}")) }
    }
}
