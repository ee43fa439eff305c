// Where a control plane is, as `--at` and BROWNOUT_CONTROL name it, and the token that it may want.

import EventLoop
import Foundation
import Units

/// An address and a token.
package struct ControlPlace: Sendable, Hashable {
    /// Where `brownout serve` listens when nothing is said.
    package static let standard = "127.0.0.1:8474"
    /// The variable that names another.
    package static let variable = "BROWNOUT_CONTROL"

    package let host: String
    package let port: UInt16
    package let token: String?

    /// "127.0.0.1:8474", "[::1]:8474", "localhost:8474", ":8474", "8474"; also as a URL. A host may have a name.
    package init(_ text: String, token: String? = nil) throws(ClientError) {
        var rest = Substring(text)
        if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let colon = rest.lastIndex(of: ":")
        let name = colon.map { rest[..<$0] } ?? ""
        let digits = colon.map { rest[rest.index(after: $0)...] } ?? rest
        guard let port = UInt16(digits), port > 0, Self.isHost(name) else { throw .badAddress(text) }
        let bare = name.hasPrefix("[") ? name.dropFirst().dropLast() : name
        host = bare.isEmpty ? "127.0.0.1" : String(bare)
        self.port = port
        self.token = token
    }

    private static func isHost(_ name: Substring) -> Bool {
        if name.hasPrefix("[") {
            return name.hasSuffix("]") && SocketAddress(numeric: String(name.dropFirst().dropLast()), port: 0) != nil
        }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains(scalar))
        }
    }

    /// "127.0.0.1:8474", "[::1]:8474": what the Host field says.
    package var label: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The first line of a file, without blanks around it.
    package static func token(file path: String) throws(ClientError) -> String {
        guard let bytes = RegularFile.bytes(path, upTo: 4_096) else { throw .badToken("cannot read \(path)") }
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let token = line.filter { !$0.isWhitespace }
        let isVisible = token.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
        guard !token.isEmpty, isVisible else { throw .badToken("\(path) holds no token in its first line") }
        return token
    }
}
