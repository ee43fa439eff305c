// `match` compiled: strings as bytes, alternatives of one key together. All keys must hold; the alternatives of one are
// or-ed. What no key asks for costs one isEmpty.

package import Scenario
package import Units

/// The compiled form of a `match`, without its status.
package struct Matcher: Sendable {
    /// Nothing is asked: everything matches.
    let isUniversal: Bool
    /// Whether more than the client's address is asked for.
    let needsExchange: Bool
    private let methods: [[UInt8]]
    private let paths: [Glob]
    private let query: [NamedAlternatives]
    private let headers: [NamedAlternatives]
    private let clients: [AddressBlock]
    private let bodyOver: Int64?
    /// Where callers must come from besides; nil: anywhere.
    private let origin: [AddressBlock]?

    /// `match`, and from one of the blocks of `origin`.
    package init(_ match: Match?, from origin: [AddressBlock]? = nil) {
        let match = match ?? Match()
        self.origin = origin
        methods = match.methods.map { Array($0.utf8) }
        paths = match.paths
        query = NamedAlternatives.grouped(match.query) { Array($0.utf8) }
        headers = NamedAlternatives.grouped(match.headers) { Array($0.lowercased().utf8) }
        clients = match.clients
        bodyOver = match.bodyOver
        needsExchange =
            !(methods.isEmpty && paths.isEmpty && query.isEmpty && headers.isEmpty) || bodyOver != nil
        isUniversal = !needsExchange && clients.isEmpty && origin == nil
    }

    /// Whether the exchange is as asked.
    package func matches<Facts: ExchangeFacts>(_ facts: Facts) -> Bool {
        if isUniversal { return true }
        if !methods.isEmpty, !matches(method: facts.method) { return false }
        if !paths.isEmpty, !matches(path: facts.path) { return false }
        if !matches(client: facts.clientAddress) { return false }
        if let bodyOver, facts.declaredBodyLength ?? 0 <= bodyOver { return false }
        for index in headers.indices where !headers[index].accepts(facts.header(headers[index].name)) { return false }
        if query.isEmpty { return true }
        let written = Query(facts.query)
        for index in query.indices where !written.accepts(query[index]) { return false }
        return true
    }

    /// Whether a connection from `client` is as asked; blocks of a unix socket's caller never match.
    package func matches(client: Bytes) -> Bool {
        (clients.isEmpty || clients.contains { $0.contains(client) }) && comesFromOrigin(client)
    }

    private func comesFromOrigin(_ client: Bytes) -> Bool {
        guard let origin else { return true }
        return origin.contains { $0.contains(client) }
    }

    private func matches(method: Bytes) -> Bool {
        for index in methods.indices where method.equals(methods[index]) { return true }
        return false
    }

    private func matches(path: Bytes) -> Bool {
        for index in paths.indices where paths[index].matches(path) { return true }
        return false
    }
}

/// The alternatives for one header or query parameter.
struct NamedAlternatives: Sendable {
    let name: [UInt8]
    private let acceptsAbsence: Bool
    private let globs: [Glob]

    private init(name: [UInt8], _ patterns: [NamedPattern.Pattern]) {
        self.name = name
        acceptsAbsence = patterns.contains(.absent)
        globs = patterns.compactMap { if case .glob(let glob) = $0 { glob } else { nil } }
    }

    /// `patterns` by name, in the order of first mention.
    static func grouped(_ patterns: [NamedPattern], _ bytes: (String) -> [UInt8]) -> [NamedAlternatives] {
        var names: [[UInt8]] = []
        for pattern in patterns where !names.contains(bytes(pattern.name)) { names.append(bytes(pattern.name)) }
        return names.map { name in
            NamedAlternatives(name: name, patterns.filter { bytes($0.name) == name }.map(\.pattern))
        }
    }

    /// Whether one alternative fits a value; nil: the field is not there.
    func accepts(_ value: Bytes?) -> Bool {
        guard let value else { return acceptsAbsence }
        for index in globs.indices where globs[index].matches(value) { return true }
        return false
    }
}

extension AddressBlock {
    /// Whether `address` (4 or 16 bytes) lies in the block; an IPv4 address mapped into IPv6 counts as IPv4.
    func contains(_ address: Bytes) -> Bool {
        let address =
            address.count == 16 && network.count == 4 && address.isMappedIPv4 ? address.dropFirst(12) : address
        guard address.count == network.count else { return false }
        let whole = prefixLength / 8
        for index in 0..<whole where address[index] != network[index] { return false }
        let rest = prefixLength % 8
        return rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0
    }
}

extension Bytes {
    /// Whether the bytes are exactly `other`'s.
    func equals(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// `::ffff:a.b.c.d`.
    fileprivate var isMappedIPv4: Bool {
        for index in 0..<10 where self[index] != 0 { return false }
        return self[10] == 0xFF && self[11] == 0xFF
    }
}
