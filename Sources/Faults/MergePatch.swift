// JSON merge patches (RFC 7396). Documents are read and written by Foundation: values stay what they were, while white
// space, the spelling of numbers and the order of members are its own (members are sorted, so that answers are the same
// every time).

import Foundation

/// A patch, checked once.
package struct MergePatch: Sendable {
    private let patch: Data

    /// nil when `text` is not JSON.
    package init?(_ text: [UInt8]) {
        patch = Data(text)
        if Self.value(patch) == nil { return nil }
    }

    /// The patched document; nil when `document` is not JSON.
    package func applied(to document: [UInt8]) -> [UInt8]? {
        guard let target = Self.value(Data(document)), let patch = Self.value(patch) else { return nil }
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        let merged = Self.merge(target, patch)
        return (try? JSONSerialization.data(withJSONObject: merged, options: options)).map { Array($0) }
    }

    private static func value(_ text: Data) -> Any? {
        try? JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed)
    }

    /// MergePatch of the RFC's section 2; O(members of both), as deep as Foundation reads (512).
    private static func merge(_ target: Any?, _ patch: Any) -> Any {
        guard let changes = patch as? [String: Any] else { return patch }
        var members = target as? [String: Any] ?? [:]
        for (name, change) in changes {
            members[name] = change is NSNull ? nil : merge(members[name], change)
        }
        return members
    }
}
