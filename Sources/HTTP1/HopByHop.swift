// Which lines concern only one hop and are cut when the head is forwarded (RFC 9110, section 7.6.1).
//
// Our upstream connection is paired with the caller's, so close and keep-alive mean the same on both hops: a
// Connection whose options are only those, or belong to an upgrade or a TE that we forward, passes as it came, and
// Keep-Alive with it. Any other Connection is cut with the fields it names, and `connectionOptions` says what a
// clean one must carry. An upgrade to HTTP/2 (h2c) is declined: its lines are cut and the message goes on without.
// Framing fields and Host are never cut, whatever Connection says: body and routing pass unchanged.

import Units

/// Options that a clean Connection line must carry after the original was cut.
package struct ConnectionOptions: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The original passes, or said nothing.
    package static var none: ConnectionOptions { ConnectionOptions(rawValue: 0) }
    package static var close: ConnectionOptions { ConnectionOptions(rawValue: 1) }
    package static var keepAlive: ConnectionOptions { ConnectionOptions(rawValue: 2) }
    package static var upgrade: ConnectionOptions { ConnectionOptions(rawValue: 4) }
    package static var te: ConnectionOptions { ConnectionOptions(rawValue: 8) }
}

extension FieldFacts {
    /// More options than this in one head are refused: each is compared with each field.
    private static var optionsMaximum: Int { 32 }

    /// The message asks for (or, with 101, grants) an upgrade that is forwarded.
    var isUpgrade: Bool {
        marks.contains(.upgrade) && marks.contains(.optionUpgrade) && !marks.contains(.upgradeDeclined)
    }

    /// Every Connection line goes on as it came.
    fileprivate var connectionPasses: Bool {
        !marks.contains(.optionOther)
            && (!marks.contains(.optionUpgrade) || isUpgrade)
            && (!marks.contains(.optionTE) || !marks.contains(.teCodings))
    }

    /// What a clean Connection line must say; empty when the original passes.
    func connectionOptions(version: HTTPVersion) -> ConnectionOptions {
        guard !connectionPasses else { return .none }
        var options = ConnectionOptions.none
        if marks.contains(.optionClose) { options.insert(.close) }
        if marks.contains(.optionKeepAlive) && version == .http10 { options.insert(.keepAlive) }
        if isUpgrade { options.insert(.upgrade) }
        if marks.contains(.te) && !marks.contains(.teCodings) { options.insert(.te) }
        return options
    }

    mutating func noteHopByHop(_ kind: FieldName, _ value: Extent, in bytes: Bytes) throws(HTTPError) {
        switch kind {
        case .connection: try noteConnection(value, in: bytes)
        case .upgrade: noteUpgrade(value, in: bytes)
        case .te:
            marks.insert(.te)
            if !Literal.trailers.matches(value, in: bytes) { marks.insert(.teCodings) }
        case .proxyConnection, .http2Settings: marks.insert(.alwaysCut)
        default: break
        }
    }

    private mutating func noteConnection(_ value: Extent, in bytes: Bytes) throws(HTTPError) {
        // By far the most frequent values, and the only ones in most heads.
        if Literal.keepAlive.matches(value, in: bytes) { return marks.formUnion(.optionKeepAlive) }
        if Literal.close.matches(value, in: bytes) { return marks.formUnion(.optionClose) }
        var options = ListCursor(value)
        while let option = options.next(in: bytes) {
            optionsCount += 1
            guard optionsCount <= FieldFacts.optionsMaximum else { throw .tooManyConnectionOptions }
            marks.insert(FieldFacts.mark(of: option, in: bytes))
        }
    }

    private static func mark(of option: Extent, in bytes: Bytes) -> Marks {
        if option.isEmpty { return Marks(rawValue: 0) }
        if Literal.keepAlive.matches(option, in: bytes) { return .optionKeepAlive }
        if Literal.close.matches(option, in: bytes) { return .optionClose }
        if Literal.upgrade.matches(option, in: bytes) { return .optionUpgrade }
        return Literal.te.matches(option, in: bytes) ? .optionTE : .optionOther
    }

    private mutating func noteUpgrade(_ value: Extent, in bytes: Bytes) {
        marks.insert(.upgrade)
        var protocols = ListCursor(value)
        while let name = protocols.next(in: bytes) {
            if Literal.http2Prefix.begins(at: name.lowerBound, in: bytes) { marks.insert(.upgradeDeclined) }
        }
    }
}

extension HeadFields {
    /// Lists the lines to cut, in order and joined where they touch.
    mutating func settleCuts(_ bytes: Bytes) {
        guard !facts.marks.isDisjoint(with: .hopByHop) else { return }
        for index in 0..<count where isCut(self[index], in: bytes) { cut(self[index].line) }
    }

    private func isCut(_ field: FieldLine, in bytes: Bytes) -> Bool {
        switch FieldName.identify(field.name, in: bytes) {
        case .host, .contentLength, .transferEncoding: false
        case .connection, .keepAlive: !facts.connectionPasses
        case .proxyConnection, .http2Settings: true
        case .te: facts.marks.contains(.teCodings)
        case .upgrade: !facts.isUpgrade
        case .expect, .other: facts.marks.contains(.optionOther) && isNamedByConnection(field.name, in: bytes)
        }
    }

    private func isNamedByConnection(_ name: Extent, in bytes: Bytes) -> Bool {
        for index in 0..<count where FieldName.identify(self[index].name, in: bytes) == .connection {
            var options = ListCursor(self[index].value(in: bytes))
            while let option = options.next(in: bytes) {
                if bytes.isSame(option, as: name) { return true }
            }
        }
        return false
    }
}

extension Bytes {
    /// Whether two pieces are the same without regard to case.
    func isSame(_ left: Extent, as right: Extent) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count {
            let pair = (self[left.lowerBound + index], self[right.lowerBound + index])
            guard ASCII.lowercased(pair.0) == ASCII.lowercased(pair.1) else { return false }
        }
        return true
    }
}
