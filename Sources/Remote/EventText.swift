// Server-sent events as they come in, taken apart line by line (HTML Living Standard, 9.2.6). Pure; events may be split at
// any byte.

/// Takes an event stream apart.
package struct EventText: Sendable {
    /// One whole event.
    package struct Event: Sendable, Hashable {
        package var name = ""
        package var data = ""
    }

    /// Of the last event that had one: what to ask for after a break.
    package private(set) var lastID: String?
    private var line: [UInt8] = []
    private var event = Event()
    private var id: String?
    private var followsReturn = false

    /// Longer lines than any of ours are cut.
    private static let longestLine = 16 << 20

    package init() {}

    /// Begins anew behind what was whole: the rest of a broken connection is gone.
    package mutating func restart() {
        (line, event, id, followsReturn) = ([], Event(), nil, false)
    }

    /// The events that end in `bytes`.
    package mutating func take(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            defer { followsReturn = byte == 0x0D }
            switch byte {
            case 0x0A where followsReturn: break
            case 0x0A, 0x0D:
                if let event = endLine() { events.append(event) }
            default: if line.count < Self.longestLine { line.append(byte) }
            }
        }
        return events
    }

    /// An empty line ends an event.
    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let text = String(decoding: line, as: UTF8.self)
        let colon = text.firstIndex(of: ":")
        let field = colon.map { text[..<$0] } ?? text[...]
        var value = colon.map { text[text.index(after: $0)...] } ?? ""
        if value.hasPrefix(" ") { value = value.dropFirst() }
        switch field {
        case "event": event.name = String(value)
        case "data": event.data += (event.data.isEmpty ? "" : "\n") + value
        case "id": id = String(value)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        defer { (event, id) = (Event(), nil) }
        if let id { lastID = id }
        return event.data.isEmpty ? nil : event
    }
}
