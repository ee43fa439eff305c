// throttle: a quota of requests, as gateways and cloud APIs have them. A token bucket decides; who finds it empty is
// answered at once and the dependency never hears of it. The bucket belongs to the service, to a caller, or to the value of
// a header; requests without the header share one. Connections do not matter: a request on a new, an open or an idle one
// costs the same token. Who gets a token is not harmed, and not counted as injected.

package import Scenario
import Units

/// `throttle: {limit, burst, status: 429, retry_after, per: service / caller / header:NAME}`.
package struct Throttle: Sendable {
    package static let declaration = FaultDeclaration(
        name: "throttle", levels: [.exchange],
        summary: "A quota: what comes above it is refused.",
        attributes: [
            AttributeDeclaration(
                name: "limit", shape: .eventRate, isRequired: true, range: 0.001...1e9, mayMove: true,
                help: "requests per second that are let through"),
            AttributeDeclaration(
                name: "burst", shape: .integer, range: 1...1e9,
                help: "requests at once after a pause; by default one second's worth, one at least"),
            AttributeDeclaration(
                name: "status", shape: .integer, defaultText: "429", range: 200...599,
                help: "the status of the refusal"),
            AttributeDeclaration(
                name: "retry_after", shape: .duration, range: 0...31_536_000,
                help: "sent as Retry-After, in whole seconds rounded up"),
            AttributeDeclaration(
                name: "per", shape: .either(["service", "caller"], .text), defaultText: "service",
                help: "who has a quota: service, caller (as the service tells them apart), or header:NAME"),
        ],
        shorthand: "limit", actsBeforeResponse: { _ in true }, validate: problems)

    package let answer: Answer
    package let limit: Magnitude
    /// Whether all callers share one quota.
    package let isShared: Bool
    private let burst: Double?
    private let source: StickySource
    private let quota: SharedQuota

    init(_ value: FaultValue, _ setting: FaultSetting) {
        limit = value.magnitude("limit") ?? Magnitude(1)
        burst = value.moving("burst")?.bounds.lowerBound
        source = Self.source(value["per"]?.word ?? "service", setting.service)
        if case .none = source { isShared = true } else { isShared = false }
        quota = setting.state.quota(service: setting.service.name)
        let status = value.moving("status")?.bounds.lowerBound ?? 429
        var fields: [HeaderField] = []
        if let seconds = value.moving("retry_after")?.bounds.lowerBound {
            fields.append(HeaderField(name: "Retry-After", value: "\(wholeCount(seconds.rounded(.up)))"))
        }
        answer = Answer(status: Int(wholeCount(status)), fields: fields, body: [], executed: false)
    }

    /// Whether the quota has room for the exchange; if so it is used.
    func admits<Facts: ExchangeFacts>(_ facts: Facts, _ moment: Moment) -> Bool {
        let key = if case .key(let key) = source.key(facts) { key } else { UInt64.zero }
        let rate = max(moment.value(limit), 0)
        return quota.take(key, rate: rate, burst: burst ?? max(rate, 1), now: moment.now)
    }

    private static func source(_ text: String, _ service: Service) -> StickySource {
        switch (text, service.callers) {
        case ("service", _): .none
        case ("caller", .address): .client
        case ("caller", .header(let name)): .header(Array(name.lowercased().utf8))
        case ("caller", .cookie(let name)): .cookie(Array(name.utf8))
        default: .header(Array(text.dropFirst(prefix.count).lowercased().utf8))
        }
    }

    private static let prefix = "header:"

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        guard let per = value["per"]?.word, per != "service", per != "caller" else { return [] }
        let name = per.dropFirst(prefix.count)
        guard per.hasPrefix(prefix), HeaderCheck.isName(String(name)) else {
            let message = "per is service, caller, or header: and the name of a field, and not \"\(per)\""
            return [FaultProblem(attribute: "per", message: message)]
        }
        return []
    }
}
