// The file as decoded: plain values, every default applied, every name checked.

package import Units

/// A scenario file, or an environment file (which has services and zones only).
package struct ScenarioFile: Sendable {
    package var name: String?
    package var about: String?
    package var source: String?
    package var tags: [String] = []
    package var seed: UInt64?
    package var limits = Limits()
    package var zones: [Zone] = []
    package var services: [Service] = []
    package var steady: Steady?
    package var timeline: [Phase] = []
    package var abortIf: [LocatedCondition] = []
    package var expect: [Expectation] = []

    package init() {}
}

package struct Limits: Sendable, Hashable {
    /// Most traffic harmed, per service; nil: no limit.
    package var share: Double?
    /// Most exchanges harmed at once.
    package var concurrent: Int?
    /// Wall time after which every fault is cleared; nil: planned length + 10 %.
    package var ttl: TimeSpan?
    package var protect: [Match] = []
    package init() {}
}

package struct Zone: Sendable, Hashable {
    package var name: String
    /// CIDR blocks of callers, as written and checked.
    package var callers: [AddressBlock]
    package init(name: String, callers: [AddressBlock] = []) {
        self.name = name
        self.callers = callers
    }
}

/// `10.1.0.0/16` or `fd00::/8`: network bytes (4 or 16) and prefix length in bits.
package struct AddressBlock: Sendable, Hashable {
    package var network: [UInt8]
    package var prefixLength: Int
    package init(network: [UInt8], prefixLength: Int) {
        self.network = network
        self.prefixLength = prefixLength
    }
}

/// Where something listens or is reached, not yet resolved.
package enum NetworkAddress: Sendable, Hashable {
    case host(String, port: Int)
    case unix(path: String)
}

package struct Service: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable { case tcp, http }
    package enum HostHeader: Sendable, Hashable { case keep, endpoint, name(String) }
    /// How callers are told apart.
    package enum CallerKey: Sendable, Hashable { case address, header(String), cookie(String) }

    package var name: String
    package var listen: NetworkAddress
    package var kind: Kind
    package var endpoints: [Endpoint]
    /// Zone names, most preferred first; empty: round robin.
    package var prefer: [String] = []
    /// For how long a dark zone is still chosen.
    package var failoverAfter: TimeSpan = .zero
    package var host: HostHeader = .keep
    package var connectTimeout: TimeSpan = .seconds(5)
    package var idleTimeout: TimeSpan = .minutes(5)
    package var callers: CallerKey = .address
    /// Sources of logical identity, in order: `header:x-order-id` and the like.
    package var identity: [String] = []
    package var slo: ServiceObjective?
    /// nil: the command's own default.
    package var mark: Bool?
    /// A FIN from an HTTP caller is a half-close, not its giving up.
    package var halfClose = false

    package init(name: String, listen: NetworkAddress, kind: Kind, endpoints: [Endpoint]) {
        self.name = name
        self.listen = listen
        self.kind = kind
        self.endpoints = endpoints
    }
}

package struct Endpoint: Sendable, Hashable {
    package var to: NetworkAddress
    package var zone: String?
    /// A listener of its own, for callers that fail over themselves.
    package var listen: NetworkAddress?
    package init(to: NetworkAddress, zone: String? = nil, listen: NetworkAddress? = nil) {
        self.to = to
        self.zone = zone
        self.listen = listen
    }
}

/// `slo:`; shares are fractions.
package struct ServiceObjective: Sendable, Hashable {
    package var good: String
    package var target: Double
    package var period: TimeSpan
    package var remaining: Double?
    package var allowance: Double?
    package var reserve: Double?
    package init(good: String, target: Double, period: TimeSpan) {
        self.good = good
        self.target = target
        self.period = period
    }
}

package struct Steady: Sendable {
    package var within: TimeSpan
    package var that: [LocatedCondition]
    package init(within: TimeSpan, that: [LocatedCondition]) {
        self.within = within
        self.that = that
    }
}

/// A condition with its text and place in the file.
package struct LocatedCondition: Sendable, Hashable {
    package var condition: Condition
    package var text: String
    package var position: Position
    package init(condition: Condition, text: String, position: Position) {
        self.condition = condition
        self.text = text
        self.position = position
    }
}

package struct Expectation: Sendable {
    package var name: String
    /// The phase it covers; nil: the whole run.
    package var phase: String?
    package var that: LocatedCondition
    package init(name: String, phase: String?, that: LocatedCondition) {
        self.name = name
        self.phase = phase
        self.that = that
    }
}

package struct Phase: Sendable {
    package struct Gate: Sendable, Hashable {
        package var within: TimeSpan
        package init(within: TimeSpan) { self.within = within }
    }

    package var name: String
    /// Of one pass; a `together` lasts as long as its longest lane.
    package var length: TimeSpan
    package var repeats: Int = 1
    package var until: LocatedCondition?
    package var gate: Gate?
    /// Lanes that run side by side: each is a sequence of phases.
    package var together: [[Phase]] = []
    package var faults: [FaultEntry] = []

    package init(name: String, length: TimeSpan) {
        self.name = name
        self.length = length
    }
}

/// One rule of a phase: where + how much + exactly one fault.
package struct FaultEntry: Sendable, Hashable {
    package enum Services: Sendable, Hashable { case all, named([String]) }
    package enum Connections: String, Sendable, Hashable, CaseIterable { case all, new, open, reused }
    package enum Nth: Sendable, Hashable { case first(Int), after(Int), every(Int) }
    package enum Sticky: Sendable, Hashable { case header(String), cookie(String), client }
    package enum Direction: String, Sendable, Hashable, CaseIterable { case upstream, downstream }

    /// Unique in its phase; entries of one name in several phases share cohort, ordinals and state.
    package var name: String
    /// The phase it was written in.
    package var phase: String
    package var services: Services = .all
    package var zone: String?
    /// An endpoint as written in `to:`.
    package var endpoint: NetworkAddress?
    package var match: Match?
    package var connections: Connections = .all
    package var nth: Nth?
    /// A fraction.
    package var share: Moving = .constant(1)
    package var sticky: Sticky?
    package var cap: Int?
    package var direction: Direction = .downstream
    package var when: LocatedCondition?
    package var after: TimeSpan = .zero
    package var length: TimeSpan?
    package var optional = false
    package var fault: FaultValue
    package var position: Position

    package init(name: String, phase: String, fault: FaultValue, position: Position) {
        self.name = name
        self.phase = phase
        self.fault = fault
        self.position = position
    }
}

/// What an exchange must look like; all must hold, alternatives of one key are or-ed.
package struct Match: Sendable, Hashable {
    package var methods: [String] = []
    package var paths: [Glob] = []
    package var query: [NamedPattern] = []
    package var headers: [NamedPattern] = []
    package var clients: [AddressBlock] = []
    /// Declared length of the request body above this many bytes.
    package var bodyOver: Int64?
    /// Of the response: exact statuses or classes (`5xx`).
    package var statuses: [StatusPattern] = []
    package init() {}
}

package struct NamedPattern: Sendable, Hashable {
    package enum Pattern: Sendable, Hashable { case absent, glob(Glob) }
    package var name: String
    package var pattern: Pattern
    package init(name: String, pattern: Pattern) {
        self.name = name
        self.pattern = pattern
    }
}

package enum StatusPattern: Sendable, Hashable {
    case exactly(Int)
    /// 2 for `2xx`.
    case hundreds(Int)
}

/// A place in a file, both counted from 1.
package struct Position: Sendable, Hashable, Codable {
    package var line: Int
    package var column: Int
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
