@testable import Faults
import Scenario
import Testing
import Units

@Suite("The catalogue")
struct CatalogueTests {
    /// What has no default.
    static let required = [
        "dribble": "1KB/s", "bandwidth": "1KB/s", "throttle": "10/s", "rewrite": "{status: 500}",
        "capacity": "{servers: 1, service_time: 1ms}",
    ]

    @Test("each declared fault can be made from its defaults", arguments: Catalogue.standard.faults.map(\.name))
    func bare(name: String) throws {
        let rule = try rule(fault(name, Self.required[name] ?? "")) { $0.zone = "az-a" }
        #expect(rule.phrase.hasPrefix(name))
    }

    @Test(
        "names are unique, and every attribute has its line of help", arguments: Catalogue.standard.faults.map(\.name))
    func declared(name: String) throws {
        let declaration = try #require(Catalogue.standard[name])
        #expect(Catalogue.standard.faults.count { $0.name == name } == 1)
        #expect(!declaration.summary.isEmpty && !declaration.levels.isEmpty)
        #expect(Set(declaration.attributes.map(\.name)).count == declaration.attributes.count)
        #expect(declaration.attributes.allSatisfy { !$0.help.isEmpty && !$0.help.contains("\n") })
        #expect(declaration.shorthand.map { short in declaration.attributes.contains { $0.name == short } } ?? true)
    }

    @Test("a default that is written out means the same as none", arguments: Catalogue.standard.faults.map(\.name))
    func defaults(name: String) throws {
        let declaration = try #require(Catalogue.standard[name])
        for attribute in declaration.attributes {
            guard let text = attribute.defaultText, Self.required[name] == nil else {
                continue
            }
            let written = try Chain([rule(fault(name, "{\(attribute.name): \(text)}")) { $0.zone = "az-a" }])
            let absent = try Chain([rule(fault(name)) { $0.zone = "az-a" }])
            var draws = [ConnectionDraws(), ConnectionDraws()]
            let plans = [written, absent].map { "\($0.plan().description)" }
            #expect(plans[0] == plans[1], "\(name).\(attribute.name)")
            let connections = zip([written, absent], draws.indices).map { chain, index in
                "\(String(describing: chain.connectionPlan(draws: &draws[index]).reset))"
            }
            #expect(connections[0] == connections[1], "\(name).\(attribute.name)")
        }
    }

    @Test("a fault that no version has is refused")
    func unknown() {
        #expect(throws: FaultError.self) { try rule(FaultValue(name: "meteor", attributes: [:])) }
    }
}

extension ExchangePlan {
    /// What it does, for comparison.
    fileprivate var description: String {
        let end =
            switch terminal {
            case .answer(let answer): "\(answer.status) \(answer.executed) \(answer.fieldLines) \(answer.body)"
            case .some(let other): "\(other)"
            case nil: ""
            }
        return "\(before) \(after) \(end) \(String(describing: blackout))"
    }
}
