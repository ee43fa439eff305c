// What was given to be played, for whoever reads the report.

/// A scenario's name and text.
package struct ScriptIdentity: Sendable {
    /// The scenario's own name comes first; this is its file's.
    package var name: String
    /// The text that was decoded.
    package var text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Tells two texts apart (FNV-1a, 64 bits, hexadecimal).
    package var hash: String {
        let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
