// "Did you mean": the nearest of the names that would have been right.

/// Names that stand close to a mistyped one.
package enum Suggestion {
    /// The candidate nearest to `text` by edit distance (swapped neighbours count once); nil when none is near.
    package static func nearest(to text: String, among candidates: some Sequence<String>) -> String? {
        let word = Array(text.lowercased().unicodeScalars.prefix(longest))
        let limit = max(1, (word.count + 1) / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate != text {
            let other = Array(candidate.lowercased().unicodeScalars.prefix(longest))
            guard abs(other.count - word.count) <= limit else { continue }
            let distance = distance(word, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `did you mean "x"?`, else the candidates themselves, else nil.
    static func help(for text: String, among candidates: [String], of what: String) -> String? {
        if let nearest = nearest(to: text, among: candidates) { return "did you mean \"\(nearest)\"?" }
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.prefix(12).joined(separator: ", ")
        return "\(what): \(shown)\(candidates.count > 12 ? ", …" : "")"
    }

    /// Longer words are compared by their beginnings, so that time stays bounded.
    private static let longest = 64

    /// Optimal string alignment; O(n m).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var before: [Int] = []
        var above = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + cost)
                let swapped =
                    row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1]
                if swapped { best = min(best, before[column - 2] + 1) }
                current.append(best)
            }
            (before, above) = (above, current)
        }
        return above[right.count]
    }
}
