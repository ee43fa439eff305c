// JSON merge patches (RFC 7396) on bytes. Members keep their order, numbers and strings stay as they were written: what
// the patch does not name arrives as the dependency wrote it, but for white space.

/// A patch, parsed once.
package struct MergePatch: Sendable {
    private let patch: JSONTree

    /// nil when `text` is not JSON.
    package init?(_ text: [UInt8]) {
        guard let tree = JSONTree(text) else { return nil }
        patch = tree
    }

    /// The patched document; nil when `document` is not JSON.
    package func applied(to document: [UInt8]) -> [UInt8]? {
        guard let tree = JSONTree(document) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(document.count + 64)
        Self.merge(tree, patch).write(to: &output)
        return output
    }

    private static func merge(_ target: JSONTree?, _ patch: JSONTree) -> JSONTree {
        guard case .object(let changes) = patch else { return patch }
        var members: [JSONTree.Member] = []
        if case .object(let own) = target { members = own }
        for change in changes {
            let index = members.firstIndex { $0.name == change.name }
            if change.value.isNull {
                members.removeAll { $0.name == change.name }
            } else if let index {
                members[index].value = merge(members[index].value, change.value)
            } else {
                members.append(JSONTree.Member(name: change.name, value: merge(nil, change.value)))
            }
        }
        return .object(members)
    }
}

/// JSON whose scalars are the bytes that were written.
indirect enum JSONTree: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        /// With its quotes, as written.
        var name: [UInt8]
        var value: JSONTree
    }

    case object([Member])
    case array([JSONTree])
    /// A string with its quotes, a number, true, false or null.
    case scalar([UInt8])

    /// Deeper documents are refused: the parser recurses.
    static let deepest = 128

    var isNull: Bool { self == .scalar(Array("null".utf8)) }

    init?(_ text: [UInt8]) {
        var parser = JSONParser(text)
        guard let tree = parser.document() else { return nil }
        self = tree
    }

    func write(to output: inout [UInt8]) {
        switch self {
        case .scalar(let bytes): output += bytes
        case .array(let items):
            Self.write(items, "[", "]", to: &output) { $0.write(to: &$1) }
        case .object(let members):
            Self.write(members, "{", "}", to: &output) { member, output in
                output += member.name
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ open: Unicode.Scalar, _ close: Unicode.Scalar, to output: inout [UInt8],
        _ one: (Item, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: open))
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            one(item, &output)
        }
        output.append(UInt8(ascii: close))
    }
}
