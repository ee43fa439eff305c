// Addresses as people write them: 10.0.1.5:8080, payments.internal:80, [::1]:9001, unix:/run/x.sock, 10.0.0.0/8.

extension NetworkAddress {
    /// Reads `host:port`, `[v6]:port` or `unix:/path`; nil when it is none of them.
    package init?(text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            // What fits into sockaddr_un with its final zero.
            guard path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]),
            let host = Self.host(text[..<colon])
        else { return nil }
        self = .host(host, port: port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    private static func host(_ text: Substring) -> String? {
        if text.hasPrefix("[") {
            let address = String(text.dropFirst().dropLast())
            return text.hasSuffix("]") && AddressBlock.bytes(ofIPv6: address) != nil ? address : nil
        }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return (1...253).contains(text.utf8.count) && isName ? String(text) : nil
    }
}

extension NetworkAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

extension AddressBlock {
    /// Reads `10.1.0.0/16`, `fd00::/8` or a single address; nil when it is none of them, or has bits behind its prefix.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let bytes = Self.bytes(ofIPv4: parts[0]) ?? Self.bytes(ofIPv6: parts[0]) else {
            return nil
        }
        let length = parts.count == 2 ? Self.decimal(parts[1], atMost: bytes.count * 8) : bytes.count * 8
        guard let length else { return nil }
        self.init(network: bytes, prefixLength: length)
    }

    /// The same block without the bits that its prefix does not cover.
    package var cleared: AddressBlock {
        var block = self
        for index in network.indices {
            let kept = min(max(prefixLength - index * 8, 0), 8)
            block.network[index] &= kept == 0 ? 0 : 0xFF << UInt8(8 - kept)
        }
        return block
    }

    static func bytes(ofIPv4 text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { decimal(String($0), atMost: 255).map { UInt8($0) } }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    /// Groups of four hexadecimal digits, at most one `::`, an IPv4 address in place of the last two.
    static func bytes(ofIPv6 text: String) -> [UInt8]? {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        guard let gap = text.firstRange(ofDoubleColon: ()) else {
            let bytes = groups(text)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(String(text[..<gap.lowerBound])), let tail = groups(String(text[gap.upperBound...])),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: String) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let embedded = self.bytes(ofIPv4: part) {
                bytes += embedded
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }

    private static func decimal(_ text: String, atMost most: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), number <= most
        else { return nil }
        return number
    }
}

extension AddressBlock: CustomStringConvertible {
    package var description: String {
        let address =
            network.count == 4
            ? network.map { "\($0)" }.joined(separator: ".")
            : stride(from: 0, to: network.count - 1, by: 2).map {
                String(UInt16(network[$0]) << 8 | UInt16(network[$0 + 1]), radix: 16)
            }.joined(separator: ":")
        return "\(address)/\(prefixLength)"
    }
}

extension String {
    fileprivate func firstRange(ofDoubleColon: Void) -> Range<String.Index>? {
        var index = startIndex
        while index < endIndex {
            let next = self.index(after: index)
            if self[index] == ":", next < endIndex, self[next] == ":" { return index..<self.index(after: next) }
            index = next
        }
        return nil
    }
}

// MARK: - In a file

extension Decoding {
    /// An address that something connects to, or with `listens` one that it listens on (port 0 picks one).
    func address(_ node: YAMLNode, _ what: String, listens: Bool = false) -> NetworkAddress? {
        guard let text = text(node, what) else { return nil }
        let isBarePort = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let written = listens && text.hasPrefix(":") ? "0.0.0.0" + text : text
        guard !isBarePort, !text.hasPrefix(":"), let address = NetworkAddress(text: written) else {
            error(
                node, "\(what) must be host:port or unix:/path, and is \"\(text)\"",
                help: Self.addressHelp(text, isBarePort, listens))
            return nil
        }
        if case .host(_, let port) = address, port == 0, !listens {
            error(node, "\(what) needs a port; port 0 means something only where we listen")
            return nil
        }
        return address
    }

    private static func addressHelp(_ text: String, _ isBarePort: Bool, _ listens: Bool) -> String? {
        if isBarePort { return listens ? "did you mean \"127.0.0.1:\(text)\"?" : "did you mean \"localhost:\(text)\"?" }
        if text.hasPrefix(":") {
            return listens ? "did you mean \"127.0.0.1\(text)\", or \"0.0.0.0\(text)\" for everybody?" : nil
        }
        for scheme in ["http://", "https://", "tcp://"] where text.hasPrefix(scheme) {
            return "leave the scheme out: \"\(text.dropFirst(scheme.count).prefix { $0 != "/" })\""
        }
        if text.hasPrefix("unix:") { return "a socket's path begins with / and has at most 107 bytes" }
        if text.filter({ $0 == ":" }).count > 1, !text.hasPrefix("[") {
            return "IPv6 addresses stand in brackets: \"[::1]:9001\""
        }
        return text.contains(":") ? nil : "did you mean \"\(text):80\"?"
    }

    func block(_ node: YAMLNode, _ what: String) -> AddressBlock? {
        guard let text = text(node, what) else { return nil }
        guard let block = AddressBlock(text: text) else {
            error(node, "\(what) must be an address or a block such as 10.1.0.0/16, and is \"\(text)\"")
            return nil
        }
        guard block == block.cleared else {
            error(
                node, "\(text) has bits behind its prefix of \(block.prefixLength)",
                help: "did you mean \(block.cleared)?")
            return nil
        }
        return block
    }
}
