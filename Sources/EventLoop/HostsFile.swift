// The system's hosts file, read once: `localhost` and friends must work without any nameserver.

import Glibc

/// Names and their addresses as listed.
package struct HostsFile: Sendable {
    private var names: [String: [SocketAddress]] = [:]

    /// Parses the text of a hosts file; lines that make no sense are passed over, as the system does.
    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = fields.first, let address = SocketAddress(numeric: String(first), port: 0) else {
                continue
            }
            for name in fields.dropFirst() { names[name.lowercased(), default: []].append(address) }
        }
        if names["localhost"] == nil { names["localhost"] = [.loopback(port: 0)] }
    }

    /// /etc/hosts; empty but for `localhost` when it cannot be read.
    package static func system() -> HostsFile {
        HostsFile(text: read("/etc/hosts"))
    }

    /// IPv4 first, so that a listener on 127.0.0.1 is found before one on ::1.
    package subscript(name: String) -> [SocketAddress]? {
        guard let addresses = names[name] ?? names[name.lowercased()] else { return nil }
        return addresses.filter { $0.family == AF_INET } + addresses.filter { $0.family != AF_INET }
    }

    private static func read(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
