// A mistyped command: says which one was meant, where the parser would only call it unexpected.

import ArgumentParser
import Scenario

extension Brownout {
    /// What to say when the first argument is a word and no command; nil when it is one.
    static func complaint(about arguments: [String]) -> String? {
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        guard !names.contains(word) else { return nil }
        let nearest = Suggestion.nearest(to: word, among: names).map { "did you mean \"\($0)\"?" }
        return "there is no command \"\(word)\"; " + (nearest ?? "there are " + names.joined(separator: ", "))
    }
}
