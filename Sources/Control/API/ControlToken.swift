// The secret that callers of a control plane show when it can be reached from elsewhere.

import Foundation
import Units

/// A bearer token.
package struct ControlToken: Sendable {
    private let bytes: [UInt8]

    /// Reads the first line of a file that nobody else may read.
    package init(file path: String) throws(ControlError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int, let start = RegularFile.bytes(path, upTo: 4_096)
        else { throw ControlError(.invalid, "cannot read --control-token-file \(path)") }
        guard mode & 0o077 == 0 else {
            throw ControlError(
                .invalid, "--control-token-file \(path) can be read by others: chmod 600 \(path)")
        }
        let line = String(decoding: start, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let token = line.filter { !$0.isWhitespace }
        guard token.utf8.count >= 16 else {
            throw ControlError(
                .invalid, "--control-token-file \(path) must hold a token of at least 16 characters in its first line")
        }
        bytes = Array(token.utf8)
    }

    /// Whether an Authorization field shows it. Takes as long for a token that is nearly right as for any other.
    package func isShown(by authorization: String) -> Bool {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        let shown = Array(parts[1].utf8)
        var difference = UInt8(shown.count == bytes.count ? 0 : 1)
        for index in bytes.indices { difference |= bytes[index] ^ (index < shown.count ? shown[index] : 0) }
        return difference == 0
    }
}
