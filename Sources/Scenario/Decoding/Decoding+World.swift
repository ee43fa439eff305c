// Zones and services: where callers connect and what lies behind.

import Units

extension Decoding {
    /// Zones and services, the environment's first; declares their names.
    func world(_ fields: Fields, _ file: inout ScenarioFile) {
        file.zones = environment?.zones ?? []
        file.services = environment?.services ?? []
        let zones = fields["zones"].map { named($0, "zones", decode: zone) } ?? []
        let known = Set(file.zones.map(\.name))
        file.zones += zones.filter { !known.contains($0.name) }
        let given = Set(file.services.map(\.name))
        for service in fields["services"].map({ named($0, "services", decode: service) }) ?? [] {
            if given.contains(service.name) {
                warning(
                    fields.position(of: "services"), "\(service.name) is in the environment file too, which wins",
                    offending: "services")
            } else {
                file.services.append(service)
            }
        }
        declare(file)
        checkListeners(fields["services"])
        checkPreferences(fields["services"])
    }

    private func named<Value>(_ node: YAMLNode, _ what: String, decode: (YAMLPair) -> Value?) -> [Value] {
        guard let pairs = node.pairs else {
            error(node, "\(what) must be a mapping from names, and is \(node.kind)")
            return []
        }
        return pairs.compactMap(decode)
    }

    func declare(_ file: ScenarioFile) {
        for service in file.services {
            names.services[service.name] = service.kind
            names.serviceOrder.append(service.name)
            names.zonesOfService[service.name] = Set(service.endpoints.compactMap(\.zone))
            names.endpoints.formUnion(service.endpoints.map(\.to))
        }
        names.zones.formUnion(file.zones.map(\.name))
        names.zones.formUnion(file.services.flatMap { $0.endpoints.compactMap(\.zone) })
        names.kinds = Set(names.services.values)
    }

    private func zone(_ pair: YAMLPair) -> Zone? {
        guard isZoneName(pair.key, pair.position) else { return nil }
        if pair.value.isEmpty { return Zone(name: pair.key) }
        guard let fields = Fields(pair.value, Keys.zone, self) else { return nil }
        let callers = fields["callers"].map { oneOrMore($0).compactMap { block($0, "callers") } } ?? []
        return Zone(name: pair.key, callers: callers)
    }

    private func isZoneName(_ name: String, _ position: Position) -> Bool {
        let isName = !name.isEmpty && name.utf8.count <= 63 && name.utf8.allSatisfy(Self.isNameByte)
        if !isName {
            error(position, "\"\(name)\" is not a name for a zone", offending: name, help: "letters, digits, - and _")
        }
        return isName
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    func zoneName(_ node: YAMLNode) -> String? {
        guard let name = text(node, "zone"), isZoneName(name, node.position) else { return nil }
        return name
    }
}

// MARK: - Checks across services

extension Decoding {
    private func checkListeners(_ node: YAMLNode?) {
        var taken: [NetworkAddress: String] = [:]
        for pair in node?.pairs ?? [] {
            let own = pair.value["listen"].map { [$0] } ?? []
            let endpoints = pair.value["endpoints"]?.items?.compactMap { $0["listen"] } ?? []
            for node in own + endpoints {
                guard let text = node.text, let address = NetworkAddress(text: text), !address.isAnyPort else {
                    continue
                }
                if let owner = taken[address] {
                    error(node, "\(text) is already the listener of \(owner)")
                }
                taken[address] = pair.key
            }
        }
    }

    private func checkPreferences(_ node: YAMLNode?) {
        for pair in node?.pairs ?? [] {
            guard let prefer = pair.value["prefer"], let known = names.zonesOfService[pair.key] else { continue }
            let zones = known.sorted()
            for item in oneOrMore(prefer) {
                guard let zone = item.text, !known.contains(zone) else { continue }
                error(
                    item, "no endpoint of \(pair.key) is in the zone \"\(zone)\"",
                    help: Suggestion.help(for: zone, among: zones, of: "its zones"))
            }
        }
    }
}

extension NetworkAddress {
    var isAnyPort: Bool {
        if case .host(_, 0) = self { true } else { false }
    }
}
