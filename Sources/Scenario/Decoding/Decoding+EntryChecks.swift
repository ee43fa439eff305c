// What does not fit together within one entry: selectors that its fault cannot honour, and those without effect.

import Units

extension Decoding {
    func check(_ entry: FaultEntry, _ fields: Fields, _ declaration: FaultDeclaration, _ pair: YAMLPair) {
        checkWholeListener(entry, fields, declaration)
        checkStatusGate(entry, fields, declaration)
        checkZoneFault(entry, declaration, pair)
        checkProtocol(entry, fields, declaration, pair)
        checkScope(entry, fields)
        warnAboutOddities(entry, fields, declaration)
    }

    /// `refuse` and `blackhole` act on all callers alike.
    private func checkWholeListener(_ entry: FaultEntry, _ fields: Fields, _ declaration: FaultDeclaration) {
        guard let alternative = declaration.wholeListenerAlternative else { return }
        for key in ["share", "match", "nth", "sticky", "cap"] where fields[key] != nil {
            if key == "share", entry.share == .constant(1) { continue }
            error(
                fields.position(of: key), "\(declaration.name) acts on a listener as a whole and cannot take `\(key)`",
                offending: key, help: "for a part of the traffic use `\(alternative)`")
        }
    }

    private func checkStatusGate(_ entry: FaultEntry, _ fields: Fields, _ declaration: FaultDeclaration) {
        guard entry.match?.statuses.isEmpty == false, declaration.actsBeforeResponse(entry.fault) else { return }
        let node = fields["match"]?["status"]
        error(
            node?.position ?? fields.position(of: "match"),
            "\(declaration.name) acts before there is a status to match", offending: node?.text ?? "",
            help: "leave `status` out, or use a fault that changes the response")
    }

    /// What darkens a zone must say which; `partition` says so itself.
    private func checkZoneFault(_ entry: FaultEntry, _ declaration: FaultDeclaration, _ pair: YAMLPair) {
        guard declaration.levels == [.zone] else { return }
        if declaration["from"] == nil, entry.zone == nil, entry.endpoint == nil {
            error(
                pair.position, "\(declaration.name) needs `zone`", offending: pair.key,
                help: names.zones.isEmpty
                    ? "give endpoints a zone first" : "zones: \(names.zones.sorted().joined(separator: ", "))")
        }
        for key in ["from", "to"] {
            guard declaration[key] != nil, let node = pair.value[key], let name = node.text, !names.zones.contains(name)
            else {
                continue
            }
            error(
                node, "there is no zone \"\(name)\"",
                help: Suggestion.help(for: name, among: names.zones.sorted(), of: "zones"))
        }
    }

    /// tcp services have no exchanges.
    private func checkProtocol(
        _ entry: FaultEntry, _ fields: Fields, _ declaration: FaultDeclaration, _ pair: YAMLPair
    ) {
        guard kinds(of: entry) == [.tcp] else { return }
        if declaration.levels == [.exchange] {
            error(
                pair.position, "\(declaration.name) acts on http exchanges, and these services are tcp",
                offending: pair.key, help: "did you forget protocol: http?")
        }
        if entry.match?.needsExchange == true {
            error(
                fields.position(of: "match"), "on tcp services only `match: {client}` can match", offending: "match",
                help: "did you forget protocol: http?")
        }
        if let sticky = fields["sticky"], entry.sticky != .client {
            error(sticky, "on tcp services only `sticky: client` has a key", help: "did you forget protocol: http?")
        }
    }

    private func kinds(of entry: FaultEntry) -> Set<Service.Kind> {
        switch entry.services {
        case .all: names.kinds
        case .named(let named): Set(named.compactMap { names.services[$0] })
        }
    }

    /// The services must have endpoints in the zone.
    private func checkScope(_ entry: FaultEntry, _ fields: Fields) {
        guard let zone = entry.zone, let node = fields["zone"], names.zones.contains(zone) else { return }
        guard case .named(let services) = entry.services else { return }
        for service in services {
            guard let zones = names.zonesOfService[service], !zones.contains(zone) else { continue }
            error(
                node, "\(service) has no endpoint in \(zone)",
                help: Suggestion.help(for: zone, among: zones.sorted(), of: "its zones"))
        }
    }

    private func warnAboutOddities(_ entry: FaultEntry, _ fields: Fields, _ declaration: FaultDeclaration) {
        if entry.share.peak == 0 {
            warning(fields.position(of: "share"), "a share of 0% harms nobody", offending: "share")
        }
        if fields["direction"] != nil, declaration.levels.isDisjoint(with: [.stream, .connection]) {
            warning(
                fields.position(of: "direction"), "`direction` has no effect on \(declaration.name)",
                offending: "direction", help: "it is for stream faults")
        }
        if entry.sticky != nil, entry.share == .constant(1), entry.nth == nil {
            warning(
                fields.position(of: "sticky"), "`sticky` chooses callers by `share`, and that is 100%",
                offending: "sticky")
        }
    }
}

extension Match {
    /// Whether it asks for more than the caller's address.
    package var needsExchange: Bool {
        !(methods.isEmpty && paths.isEmpty && query.isEmpty && headers.isEmpty && statuses.isEmpty) || bodyOver != nil
    }
}
