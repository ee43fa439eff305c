// The file as a tree of our own: scalars are text and nothing else, keys are text, everything knows its place.

/// A scalar, a list or a mapping of the file.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case list([YAMLNode])
        case mapping([YAMLPair])
    }

    struct Scalar: Sendable {
        let text: String
        /// Written without quotes.
        let isPlain: Bool
    }

    let content: Content
    let position: Position

    /// The text of a scalar.
    var text: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// Nothing is written, or a null.
    var isEmpty: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.isPlain && ["", "~", "null"].contains(scalar.text)
    }

    var pairs: [YAMLPair]? {
        if case .mapping(let pairs) = content { pairs } else { nil }
    }

    var items: [YAMLNode]? {
        if case .list(let items) = content { items } else { nil }
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar: isEmpty ? "nothing" : "\"\(text ?? "")\""
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The value of `key` in a mapping.
    subscript(key: String) -> YAMLNode? { pairs?.first { $0.key == key }?.value }
}

/// A key with its value.
struct YAMLPair: Sendable {
    let key: String
    let position: Position
    let value: YAMLNode
}
