// `table:` names a file beside the scenario with one duration a line; `#` begins a comment.

import Units

struct TableDecoder {
    /// Most samples; more would not change what is drawn.
    private static let most = 1_000_000

    let decoding: Decoding
    let what: String

    /// The samples in seconds.
    func samples(_ name: String, _ node: YAMLNode) -> [Double]? {
        guard Self.staysInside(name) else {
            decoding.error(
                node, "\(what): \"\(name)\" is not beside the scenario",
                help: "a scenario reads files of its own directory only: no absolute path, no ..")
            return nil
        }
        guard let reader = decoding.reader else {
            decoding.error(
                node, "\(what): files cannot be read here",
                help: "only scenarios that lie in a directory may name a table")
            return nil
        }
        do {
            return parsed(try reader.read(name), name, node)
        } catch {
            decoding.error(node, "\(what): \(error.message)")
            return nil
        }
    }

    private static func staysInside(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return !name.hasPrefix("/") && !name.hasPrefix("~") && !name.utf8.contains(0)
            && parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
    }

    private func parsed(_ text: String, _ name: String, _ node: YAMLNode) -> [Double]? {
        var samples: [Double] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = String(line.prefix { $0 != "#" }).trimmed
            if content.isEmpty { continue }
            do {
                samples.append(try TimeSpan(text: content).seconds)
            } catch {
                decoding.error(
                    node, "\(name):\(number + 1): \(error.message)",
                    help: error.suggestion.map { "did you mean \($0)?" })
                return nil
            }
        }
        guard (1...Self.most).contains(samples.count) else {
            decoding.error(node, "\(name) has \(samples.count) samples; it needs 1 to \(Self.most)")
            return nil
        }
        return samples
    }
}
