// One request to a control plane and its answer, on a connection of its own, on a loop.
//
//      connect ─► request ─► head ─► body … ─► finished
//        └───────────── deadline ─────────────────┘
//
// The answer is read by the proxy's own strict parsers. Each request has a connection: commands ask seldom, and a connection
// that was kept might have died meanwhile.

package import EventLoop
import HTTP1
package import Units

/// What is asked.
package struct ControlRequest: Sendable, Hashable {
    package var method: String
    /// With its query.
    package var target: String
    package var body: String?
    package var fields: [String: String] = [:]

    /// `query`: parameters, left out where nil.
    package init(_ method: String, _ path: [String], query: [String: String?] = [:], body: String? = nil) {
        self.method = method
        let items = query.compactMap { name, value in value.map { "\(name)=\(Self.escaped($0))" } }.sorted()
        target =
            "/" + path.map(Self.escaped).joined(separator: "/") + (items.isEmpty ? "" : "?")
            + items.joined(separator: "&")
        self.body = body
    }

    /// Everything but unreserved characters as %XX (RFC 3986, section 2).
    private static func escaped(_ text: String) -> String {
        let plain = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    /// As it is sent.
    func message(to place: ControlPlace) -> [UInt8] {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(place.label)", "Connection: close"]
        if let token = place.token { lines.append("Authorization: Bearer \(token)") }
        lines += fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if let body { lines += ["Content-Type: application/yaml", "Content-Length: \(body.utf8.count)"] }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    }
}

/// Told how an exchange goes.
package protocol ControlExchangeReader: AnyObject {
    /// The final head is here.
    func began(_ exchange: ControlExchange, status: Int)
    func received(_ exchange: ControlExchange, _ payload: [UInt8])
    /// The connection is closed; an error where the answer is not whole.
    func finished(_ exchange: ControlExchange, _ error: ClientError?)
}

/// A request under way.
package final class ControlExchange: MessageConnection {
    private enum State {
        case head
        case body(BodyFraming)
        case done
    }

    private let place: ControlPlace
    private let patience: TimeSpan
    private unowned let reader: any ControlExchangeReader
    private var state = State.head
    private var scanned = 0
    private var head = ResponseHead(limits: HeadLimits(headBytesMaximum: 16_384, fieldsMaximum: 64))
    private lazy var deadline = Timer(on: loop, owner: self)

    /// Begins to connect. `patience`: the longest silence.
    package init(
        _ request: ControlRequest, to place: ControlPlace, at address: SocketAddress, patience: TimeSpan,
        loop: EventLoop, reader: any ControlExchangeReader
    ) throws(ClientError) {
        self.place = place
        self.patience = patience
        self.reader = reader
        super.init(loop: loop, socket: try Self.connect(to: address, place))
        deadline.set(after: patience)
        transmit(request.message(to: place))
    }

    private static func connect(to address: SocketAddress, _ place: ControlPlace) throws(ClientError) -> Socket {
        do throws(SystemError) {
            let socket = try Socket.stream(family: address.family)
            do throws(SystemError) {
                _ = try socket.connect(to: address)
            } catch {
                socket.close()
                throw error
            }
            return socket
        } catch {
            throw .unreachable(place.label, reason: error.reason)
        }
    }

    /// Lets go of it; the reader hears no more.
    package func cancel() {
        state = .done
        deadline.cancel()
        close()
    }

    package override func fired(_ timer: Timer) { finish(.timedOut(place.label)) }

    package override func received() {
        deadline.set(after: patience)
        while !isClosed, step() {}
    }

    package override func ended(_ error: SystemError?) {
        if case .body(let framing) = state, error == nil, framing.kind == .untilClose { return finish(nil) }
        guard case .head = state, scanned == 0, incoming.isEmpty, let error else {
            return finish(.broken(place.label, reason: error?.reason ?? "the connection ended early"))
        }
        finish(.unreachable(place.label, reason: error.reason))
    }

    private func finish(_ error: ClientError?) {
        if case .done = state { return }
        cancel()
        reader.finished(self, error)
    }

    // MARK: The answer

    private func step() -> Bool {
        switch state {
        case .head: return takeHead()
        case .body(var framing): return takeBody(&framing)
        case .done: return false
        }
    }

    private func takeHead() -> Bool {
        let (head, place) = (self.head, self.place)
        var (parsed, scanned) = (head, self.scanned)
        switch incoming.withBytes({ parsed.parse($0, scanned: &scanned, answering: []) }) {
        case .incomplete:
            self.scanned = scanned
            return false
        case .invalid:
            finish(.broken(place.label, reason: "it does not speak HTTP"))
            return false
        case .complete(let length):
            incoming.removeFirst(length)
            self.scanned = 0
            guard !parsed.isInformational else { return true }
            state = .body(BodyFraming(parsed.framing))
            reader.began(self, status: parsed.status)
            return true
        }
    }

    /// Hands on the payload of what is there.
    private func takeBody(_ framing: inout BodyFraming) -> Bool {
        let taken = incoming.withBytes { BodyPayload.take(from: $0, by: &framing) }
        incoming.removeFirst(taken.count)
        state = .body(framing)
        if !taken.payload.isEmpty { reader.received(self, taken.payload) }
        if taken.isBroken { finish(.broken(place.label, reason: "the answer's framing is wrong")) }
        if taken.isComplete { finish(nil) }
        return false
    }
}

/// The payload of a body, taken out of its framing.
enum BodyPayload {
    struct Taken {
        var count = 0
        var payload: [UInt8] = []
        var isComplete = false
        var isBroken = false
    }

    /// The framing only counts: between two payload bytes it takes what stands there and no payload.
    static func take(from bytes: Bytes, by framing: inout BodyFraming) -> Taken {
        var taken = Taken()
        while !taken.isComplete, !taken.isBroken {
            let between = framing.consume(bytes.dropFirst(taken.count), payloadMaximum: 0)
            taken.count += between.count
            (taken.isComplete, taken.isBroken) = (between.isComplete, between.error != nil)
            guard !taken.isComplete, !taken.isBroken, taken.count < bytes.count else { break }
            taken.payload.append(bytes[taken.count])
            let one = framing.consume(bytes.dropFirst(taken.count), payloadMaximum: 1)
            taken.count += one.count
            (taken.isComplete, taken.isBroken) = (one.isComplete, one.error != nil)
        }
        return taken
    }
}
