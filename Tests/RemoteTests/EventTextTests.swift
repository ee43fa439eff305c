import Testing

@testable import Remote

@Suite("Event streams, taken apart")
struct EventTextTests {
    static let stream =
        "retry: 1000\n: hello\n\nid: x-1\nevent: second\ndata: {\"a\":1}\n\n"
        + "event: note\r\ndata: one\r\ndata:two\r\n\r\ndata: bare\r\rid: x-2\nevent: empty\n\n"

    static let events = [
        EventText.Event(name: "second", data: "{\"a\":1}"), EventText.Event(name: "note", data: "one\ntwo"),
        EventText.Event(name: "", data: "bare"),
    ]

    @Test("events are the same wherever the bytes are split")
    func splits() {
        let bytes = Array(Self.stream.utf8)
        for split in bytes.indices {
            var text = EventText()
            let found = text.take(Array(bytes[..<split])) + text.take(Array(bytes[split...]))
            #expect(found == Self.events, "split at \(split)")
            #expect(text.lastID == "x-2")
        }
    }

    @Test("after a break, what was not whole is forgotten and the last id is kept")
    func restarts() {
        var text = EventText()
        #expect(text.take(Array("id: 7\ndata: a\n\nid: 8\ndata: ha".utf8)).count == 1)
        text.restart()
        #expect(text.lastID == "7")
        #expect(text.take(Array("data: b\n\n".utf8)) == [EventText.Event(name: "", data: "b")])
    }
}
