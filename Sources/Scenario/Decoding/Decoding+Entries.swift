// Fault entries: where + how much + exactly one fault.

import Units

extension Decoding {
    func entries(_ node: YAMLNode, _ phase: Phase) -> [FaultEntry] {
        let entries = list(node, "faults").enumerated().compactMap { index, item in entry(item, index, phase) }
        checkNames(of: entries)
        return entries
    }

    private func checkNames(of entries: [FaultEntry]) {
        var seen: Set<String> = []
        for entry in entries where !seen.insert(entry.name).inserted {
            error(
                entry.position, "two entries of this phase are called \"\(entry.name)\"",
                help: "names are unique in a phase; the same name in another phase continues the entry")
        }
    }

    func entry(_ node: YAMLNode, _ index: Int, _ phase: Phase) -> FaultEntry? {
        guard let fields = Fields(node, Keys.entry, self, admits: { Keys.entry.names.contains($0) == false }) else {
            return nil
        }
        let selected = selectors(fields, index, phase)
        guard let (declaration, pair) = onlyFault(fields, node), let fault = fault(declaration, pair.value) else {
            return nil
        }
        var entry = FaultEntry(name: selected.name, phase: phase.name, fault: fault, position: node.position)
        selected.apply(to: &entry)
        check(entry, fields, declaration, pair)
        return entry
    }

    /// The one key that is no selector, with its declaration.
    private func onlyFault(_ fields: Fields, _ node: YAMLNode) -> (FaultDeclaration, YAMLPair)? {
        let others = (node.pairs ?? []).filter { !Keys.entry.names.contains($0.key) }
        let known = catalogue.faults.map(\.name)
        for pair in others where !known.contains(pair.key) { reportUnknown(pair, Keys.entry, more: known) }
        let faults = others.filter { known.contains($0.key) }
        if faults.count > 1 {
            error(
                faults[1].position, "an entry has exactly one fault, and this one has `\(faults[0].key)` too",
                offending: faults[1].key, help: "write an entry for each")
        }
        if others.isEmpty {
            error(node.position, "an entry needs a fault", help: "one of: \(known.joined(separator: ", "))")
        }
        guard let pair = faults.first, let declaration = catalogue[pair.key] else { return nil }
        return (declaration, pair)
    }
}

// MARK: - Selectors

/// An entry's selectors before its fault is known.
struct Selectors {
    var name = ""
    var services: FaultEntry.Services = .all
    var zone: String?
    var endpoint: NetworkAddress?
    var match: Match?
    var connections: FaultEntry.Connections = .all
    var nth: FaultEntry.Nth?
    var share: Moving = .constant(1)
    var sticky: FaultEntry.Sticky?
    var cap: Int?
    var direction: FaultEntry.Direction = .downstream
    var when: LocatedCondition?
    var after: TimeSpan = .zero
    var length: TimeSpan?
    var optional = false

    func apply(to entry: inout FaultEntry) {
        (entry.services, entry.zone, entry.endpoint, entry.match) = (services, zone, endpoint, match)
        (entry.connections, entry.nth, entry.share, entry.sticky) = (connections, nth, share, sticky)
        (entry.cap, entry.direction, entry.when, entry.after) = (cap, direction, when, after)
        (entry.length, entry.optional) = (length, optional)
    }
}

extension Decoding {
    private func selectors(_ fields: Fields, _ index: Int, _ phase: Phase) -> Selectors {
        var selected = Selectors()
        selected.name = fields["name"].flatMap { name($0, "name") } ?? Self.defaultName(phase.name, index)
        selected.services = fields["service"].map(services) ?? .all
        selected.zone = fields["zone"].flatMap(knownZone)
        selected.endpoint = fields["endpoint"].flatMap(knownEndpoint)
        selected.match = fields["match"].flatMap(match)
        selected.connections = fields["connections"].flatMap { word($0, "connections") } ?? .all
        selected.nth = fields["nth"].flatMap(nth)
        selected.share = fields["share"].flatMap(share) ?? .constant(1)
        selected.sticky = fields["sticky"].flatMap(sticky)
        selected.cap = fields["cap"].flatMap { integer($0, "cap", in: 1...1_000_000_000) }
        selected.direction = fields["direction"].flatMap { word($0, "direction") } ?? .downstream
        selected.when = fields["when"].flatMap(condition)
        selected.after = fields["after"].flatMap { duration($0, "after") } ?? .zero
        selected.length = fields["for"].flatMap { duration($0, "for", atLeast: .milliseconds(1)) }
        selected.optional = fields["optional"].flatMap { boolean($0, "optional") } ?? false
        checkWindow(selected, fields, phase)
        return selected
    }

    private func checkWindow(_ selected: Selectors, _ fields: Fields, _ phase: Phase) {
        guard phase.length > .zero else { return }
        if let node = fields["after"], selected.after >= phase.length {
            error(node, "this begins after the phase is over: it lasts \(phase.length)")
        } else if let length = selected.length, selected.after + length > phase.length {
            let left = phase.length - selected.after
            warning(
                fields.position(of: "for"), "this is cut short: only \(left) of the phase are left", offending: "for",
                help: "nothing outlives its phase")
        }
    }

    private func services(_ node: YAMLNode) -> FaultEntry.Services {
        let items = oneOrMore(node)
        if items.contains(where: { $0.text == "*" }) {
            if items.count > 1 { error(node, "\"*\" stands for all services: leave the others out") }
            return .all
        }
        if items.isEmpty { error(node.position, "service is an empty list", help: "leave it out for all services") }
        let named = items.compactMap { text($0, "service") }
        for item in items {
            guard let name = item.text, names.services[name] == nil else { continue }
            error(
                item, "there is no service \"\(name)\"",
                help: Suggestion.help(for: name, among: names.serviceOrder, of: "services"))
        }
        return .named(named)
    }

    private func knownZone(_ node: YAMLNode) -> String? {
        guard let name = zoneName(node) else { return nil }
        if !names.zones.contains(name) {
            error(
                node, "there is no zone \"\(name)\"",
                help: Suggestion.help(for: name, among: names.zones.sorted(), of: "zones"))
        }
        return name
    }

    private func knownEndpoint(_ node: YAMLNode) -> NetworkAddress? {
        guard let address = address(node, "endpoint") else { return nil }
        if !names.endpoints.contains(address) {
            let known = names.endpoints.map(\.description).sorted()
            error(
                node, "no service has the endpoint \(address)",
                help: Suggestion.help(for: address.description, among: known, of: "endpoints"))
        }
        return address
    }

    private func share(_ node: YAMLNode) -> Moving? {
        MovingDecoder(decoding: self, unit: .percentage, range: 0...1, mayMove: true, what: "share").decode(node)
    }

    private func nth(_ node: YAMLNode) -> FaultEntry.Nth? {
        guard let fields = Fields(node, Keys.nth, self) else { return nil }
        let written = Keys.nth.names.filter { fields[$0] != nil }
        guard let key = written.first, written.count == 1, let value = fields[key] else {
            if written.count != 1 { error(node.position, "nth needs exactly one of first, after and every") }
            return nil
        }
        guard let count = integer(value, "nth", in: key == "after" ? 0...1_000_000_000 : 1...1_000_000_000) else {
            return nil
        }
        return key == "first" ? .first(count) : key == "after" ? .after(count) : .every(count)
    }

    private func sticky(_ node: YAMLNode) -> FaultEntry.Sticky? {
        guard let text = text(node, "sticky") else { return nil }
        if text == "client" { return .client }
        switch key(text) {
        case ("header", let name)?: return .header(name)
        case ("cookie", let name)?: return .cookie(name)
        default:
            error(node, "sticky must be client, header:NAME or cookie:NAME, and is \"\(text)\"")
            return nil
        }
    }
}
