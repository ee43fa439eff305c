// One service: where it listens, its endpoints, and how it treats those who call it.

import Units

extension Decoding {
    func service(_ pair: YAMLPair) -> Service? {
        let isNamed = isServiceName(pair)
        let service = Fields(pair.value, Keys.service, self).flatMap { self.service(pair.key, $0) }
        if let service, isNamed { return service }
        declareUnusable(pair)
        return nil
    }

    private func service(_ name: String, _ fields: Fields) -> Service? {
        let listen = fields["listen"].flatMap { address($0, "listen", listens: true) }
        let endpoints = endpoints(fields)
        let kind: Service.Kind = fields["protocol"].flatMap { word($0, "protocol") } ?? .tcp
        var service = Service(name: name, listen: listen ?? .unix(path: ""), kind: kind, endpoints: endpoints)
        settings(fields, &service)
        return listen == nil || endpoints.isEmpty ? nil : service
    }

    /// Declares the names of a service with mistakes, or each of their mentions would be one more.
    private func declareUnusable(_ pair: YAMLPair) {
        names.services[pair.key] = .http
        names.serviceOrder.append(pair.key)
        for endpoint in pair.value["endpoints"]?.items ?? [] {
            if let zone = endpoint["zone"]?.text { names.zones.insert(zone) }
            if let to = endpoint["to"]?.text.flatMap(NetworkAddress.init) { names.endpoints.insert(to) }
        }
    }

    private func isServiceName(_ pair: YAMLPair) -> Bool {
        let isName =
            (1...63).contains(pair.key.utf8.count) && pair.key.first != "-"
            && pair.key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        if !isName {
            error(
                pair.position, "\"\(pair.key)\" is not a name for a service", offending: pair.key,
                help: "small letters, digits and -; did you mean \"\(Self.serviceName(from: pair.key))\"?")
        }
        return isName
    }

    private static func serviceName(from text: String) -> String {
        let name = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(name.drop { $0 == "-" }.prefix(63))
    }

    private func endpoints(_ fields: Fields) -> [Endpoint] {
        if let to = fields["to"] {
            if fields["endpoints"] != nil {
                error(
                    fields.position(of: "to"), "`to` and `endpoints` say the same thing", offending: "to",
                    help: "leave one out")
            }
            return address(to, "to").map { [Endpoint(to: $0)] } ?? []
        }
        guard let node = fields["endpoints"] else {
            error(fields.node.position, "a service needs `to` or `endpoints`", help: "to: host:port of the dependency")
            return []
        }
        let items = list(node, "endpoints")
        if items.isEmpty, node.items != nil { error(node.position, "endpoints is an empty list") }
        let endpoints = items.compactMap(endpoint)
        var seen: Set<NetworkAddress> = []
        for (endpoint, item) in zip(endpoints, items) where !seen.insert(endpoint.to).inserted {
            error(item.position, "the endpoint \(endpoint.to) is listed twice")
        }
        return endpoints
    }

    private func endpoint(_ node: YAMLNode) -> Endpoint? {
        if node.text != nil { return address(node, "an endpoint").map { Endpoint(to: $0) } }
        guard let fields = Fields(node, Keys.endpoint, self) else { return nil }
        let zone = fields["zone"].flatMap(zoneName)
        let listen = fields["listen"].flatMap { address($0, "listen", listens: true) }
        return fields["to"].flatMap { address($0, "to") }.map { Endpoint(to: $0, zone: zone, listen: listen) }
    }

    private func settings(_ fields: Fields, _ service: inout Service) {
        service.prefer = fields["prefer"].map { oneOrMore($0).compactMap(zoneName) } ?? []
        if let failover = fields["failover"].flatMap({ Fields($0, Keys.failover, self) }) {
            service.failoverAfter = failover["after"].flatMap { duration($0, "after") } ?? .zero
        }
        if let timeouts = fields["timeouts"].flatMap({ Fields($0, Keys.timeouts, self) }) {
            let least = TimeSpan.milliseconds(1)
            timeouts["connect"].flatMap { duration($0, "connect", atLeast: least) }.map { service.connectTimeout = $0 }
            timeouts["idle"].flatMap { duration($0, "idle", atLeast: least) }.map { service.idleTimeout = $0 }
        }
        service.host = fields["host"].flatMap(host) ?? .keep
        service.callers = fields["callers"].flatMap(callerKey) ?? .address
        service.identity = fields["identity"].map { oneOrMore($0).compactMap(identity) } ?? []
        service.slo = fields["slo"].flatMap(objective)
        service.mark = fields["mark"].flatMap { boolean($0, "mark") }
        service.halfClose = fields["half_close"].flatMap { boolean($0, "half_close") } ?? false
        if service.kind == .tcp { warnAboutHTTPKeys(fields) }
    }

    private func warnAboutHTTPKeys(_ fields: Fields) {
        for key in ["host", "identity", "mark", "half_close"] where fields[key] != nil {
            warning(
                fields.position(of: key), "`\(key)` has no effect on a tcp service", offending: key,
                help: "did you forget protocol: http?")
        }
    }

    private func host(_ node: YAMLNode) -> Service.HostHeader? {
        guard let text = text(node, "host") else { return nil }
        switch text {
        case "keep": return .keep
        case "endpoint": return .endpoint
        default:
            let isHost = text.utf8.count <= 255 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if !isHost { error(node, "host must be keep, endpoint or a name, and is \"\(text)\"") }
            return isHost ? .name(text) : nil
        }
    }

    private func callerKey(_ node: YAMLNode) -> Service.CallerKey? {
        guard let text = text(node, "callers") else { return nil }
        if text == "address" { return .address }
        switch key(text) {
        case ("header", let name)?: return .header(name)
        case ("cookie", let name)?: return .cookie(name)
        default:
            error(node, "callers must be address, header:NAME or cookie:NAME, and is \"\(text)\"")
            return nil
        }
    }

    private func identity(_ node: YAMLNode) -> String? {
        guard let text = text(node, "identity") else { return nil }
        if key(text) != nil { return text }
        error(node, "identity must be header:NAME or cookie:NAME, and is \"\(text)\"")
        return nil
    }

    /// `header:NAME` or `cookie:NAME`; names of header fields in lower case.
    func key(_ text: String) -> (kind: String, name: String)? {
        for kind in ["header", "cookie"] where text.hasPrefix(kind + ":") {
            let name = String(text.dropFirst(kind.count + 1)).trimmed
            guard isFieldName(name) else { return nil }
            return (kind, kind == "header" ? name.lowercased() : name)
        }
        return nil
    }

    /// RFC 9110, 5.6.2: a token.
    func isFieldName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 256
            && name.utf8.allSatisfy { Self.isNameByte($0) || "!#$%&'*+.^`|~".utf8.contains($0) }
    }
}
