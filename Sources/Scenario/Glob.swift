// Globs over bytes, compiled once: `*` is any run within one path segment, `**` any run at all.
//
//     /v1/ch  *  /items/  **  .json          What stands before the first star and behind the last is compared
//     ──────  ─────────────── ─────          directly; what lies between runs as a bit-parallel automaton: bit i says
//     prefix     automaton    suffix         that i tokens are matched, and one byte moves all bits at once.
//
// So time is linear in the text, whatever the pattern, and nothing is allocated. The width of the machine word bounds
// what may lie between the first and the last star (`isTooLong`: the decoder refuses it).

package import Units

/// A compiled glob. An object, because a struct was copied out of its array, with all of its references counted, for
/// each question.
package final class Glob: Sendable, Hashable {
    package let text: String
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    /// nil: no star.
    private let automaton: Automaton?
    /// The middle is `**` alone, as in `/v1/**`: what starts and ends right is covered.
    private let takesAnything: Bool

    /// Most bytes and stars between the first star and the last one, both counted.
    package static let longestMiddle = 127

    /// Compiles `text`; every text is a glob, and one without stars stands for itself.
    package init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        let star = UInt8(ascii: "*")
        guard let first = bytes.firstIndex(of: star), let last = bytes.lastIndex(of: star) else {
            (prefix, suffix, automaton, takesAnything) = (bytes, [], nil, false)
            return
        }
        (prefix, suffix) = (Array(bytes[..<first]), Array(bytes[(last + 1)...]))
        let tokens = Token.tokens(bytes[first...last])
        automaton = Automaton(tokens.prefix(Self.longestMiddle))
        takesAnything = tokens == [.any]
    }

    /// Whether `text` has more between its stars than a glob can hold.
    package static func isTooLong(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let star = UInt8(ascii: "*")
        guard let first = bytes.firstIndex(of: star), let last = bytes.lastIndex(of: star) else { return false }
        return Token.tokens(bytes[first...last]).count > longestMiddle
    }

    /// Whether the glob covers the whole of `bytes`; O(length of `bytes`).
    package func matches(_ bytes: Bytes) -> Bool {
        guard let automaton else { return bytes.count == prefix.count && starts(bytes) }
        guard bytes.count >= prefix.count + suffix.count, starts(bytes), ends(bytes) else { return false }
        if takesAnything { return true }
        return automaton.accepts(bytes[prefix.count..<bytes.count - suffix.count])
    }

    private func starts(_ bytes: Bytes) -> Bool {
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }

    private func ends(_ bytes: Bytes) -> Bool {
        let offset = bytes.count - suffix.count
        for index in suffix.indices where bytes[offset + index] != suffix[index] { return false }
        return true
    }

    package static func == (left: Glob, right: Glob) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Glob {
    fileprivate enum Token: Equatable {
        case byte(UInt8)
        case segment
        case any

        /// Two stars or more in a row are one `any`: no two stars are neighbours afterwards.
        static func tokens(_ bytes: ArraySlice<UInt8>) -> [Token] {
            var tokens: [Token] = []
            for byte in bytes {
                switch (byte == UInt8(ascii: "*"), tokens.last) {
                case (true, .segment), (true, .any): tokens[tokens.count - 1] = .any
                case (true, _): tokens.append(.segment)
                case (false, _): tokens.append(.byte(byte))
                }
            }
            return tokens
        }
    }

    /// All places where the match may stand, as bits of one word.
    fileprivate struct Automaton: Sendable {
        private let length: Int
        /// Places at a star, and at a star that also covers slashes.
        private let stars: UInt128
        private let anys: UInt128
        /// For each byte the row of `moves`; row 0 is for bytes that the glob does not name.
        private let rows: [UInt8]
        private let moves: [UInt128]

        init(_ tokens: ArraySlice<Token>) {
            var (stars, anys): (UInt128, UInt128) = (0, 0)
            var rows = [UInt8](repeating: 0, count: 256)
            var moves: [UInt128] = [0]
            for (place, token) in tokens.enumerated() {
                let bit = UInt128(1) << UInt128(place)
                switch token {
                case .segment: stars |= bit
                case .any: (stars, anys) = (stars | bit, anys | bit)
                case .byte(let byte):
                    if rows[Int(byte)] == 0 {
                        rows[Int(byte)] = UInt8(moves.count)
                        moves.append(0)
                    }
                    moves[Int(rows[Int(byte)])] |= bit
                }
            }
            (self.length, self.stars, self.anys, self.rows, self.moves) = (tokens.count, stars, anys, rows, moves)
        }

        func accepts(_ bytes: Bytes) -> Bool {
            var places = skippingStars(1)
            for index in 0..<bytes.count {
                let byte = bytes[index]
                let stays = places & (byte == UInt8(ascii: "/") ? anys : stars)
                places = skippingStars((places & moves[Int(rows[Int(byte)])]) << 1 | stays)
                if places == 0 { return false }
            }
            return places >> UInt128(length) & 1 == 1
        }

        /// A star may also cover nothing.
        private func skippingStars(_ places: UInt128) -> UInt128 { places | (places & stars) << 1 }
    }
}
