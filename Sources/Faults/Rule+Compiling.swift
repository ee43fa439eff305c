// From entry to rule: which unit it acts on, which endpoints it means, and which combinations cannot act.

import Scenario
import Units

extension Rule {
    static func unit(
        _ entry: FaultEntry, _ declaration: FaultDeclaration, _ service: Service
    ) throws(FaultError) -> Unit {
        let levels = declaration.levels
        if levels.contains(.listener) { return .listener }
        switch service.kind {
        case .http where !levels.isDisjoint(with: [.exchange, .stream, .zone]): return .exchange
        case .tcp where levels.isDisjoint(with: [.stream, .connection, .zone]):
            throw FaultError("\(declaration.name) needs an http service, and \(service.name) is tcp", in: entry)
        default: return .connection
        }
    }

    /// By endpoint of the service, whether the entry means it; empty when it means all.
    static func targets(_ entry: FaultEntry, _ service: Service) -> [Bool] {
        let target = Partition.target(entry)
        guard entry.zone != nil || entry.endpoint != nil || target != nil else { return [] }
        return service.endpoints.map { endpoint in
            (entry.zone == nil || endpoint.zone == entry.zone) && (target == nil || endpoint.zone == target)
                && (entry.endpoint == nil || endpoint.to == entry.endpoint)
        }
    }

    static func check(
        _ entry: FaultEntry, _ declaration: FaultDeclaration, _ unit: Unit, _ matcher: Matcher
    ) throws(FaultError) {
        let name = declaration.name
        let isGated = entry.match?.statuses.isEmpty == false
        if declaration.levels == [.zone], entry.zone == nil, Partition.target(entry) == nil {
            throw FaultError("\(name) needs a zone", in: entry)
        }
        if isGated, declaration.actsBeforeResponse(entry.fault) {
            throw FaultError("\(name) has acted before the response has a status to match", in: entry)
        }
        if unit == .exchange, name == Hang.declaration.name, entry.fault["then"]?.word == "close" {
            throw FaultError("then: close works on tcp services; on http lose_response closes", in: entry)
        }
        guard unit != .exchange else { return }
        if matcher.needsExchange || isGated {
            throw FaultError("\(name) acts on connections here: match can only say client", in: entry)
        }
        if let sticky = entry.sticky, sticky != .client {
            throw FaultError("\(name) acts on connections here: sticky can only be client", in: entry)
        }
        if name == Latency.declaration.name, entry.fault["to"] != nil || entry.fault["times"] != nil {
            throw FaultError("to and times need responses: they work on http services", in: entry)
        }
    }
}

extension Rule {
    /// Whether it harms everything it covers, whoever calls.
    func isUnconditional(_ now: Instant) -> Bool {
        matchesAll && share.value(clock, now: now) >= 1
    }

    /// Whether it harms everything it covers that comes from `client`.
    func isUnconditional(from client: Bytes, _ now: Instant) -> Bool {
        matchesAll(from: client) && share.value(clock, now: now) >= 1
    }
}
