// A copy of a request on its way to the dependency (`duplicate`), on a connection of its own. It is a session whose only
// connection leads upstream: what arrives on it is read and dropped, up to the end of one response. It outlives the
// exchange that it copies, because the dependency shall work on all copies; it never hears of the caller.

import EventLoop
import Faults
import HTTP1
import Units

/// One copy of one request.
final class CopySession: Session {
    private let facts: RequestFacts
    private let entry: UInt16
    private let head = ByteQueue()
    private var scanned = 0
    private var body: BodyFraming?

    init(of parent: HTTPSession, connection: Connection, entry: UInt16) {
        facts = parent.exchange.facts
        self.entry = entry
        super.init(
            worker: parent.worker, service: parent.service, listener: parent.listener, downstream: connection,
            peer: parent.peer, number: parent.number)
    }

    override func start() { watchIdle(after: service.configuration.idleTimeout) }

    /// More of the request. A dependency that does not keep up loses the copy: the original must not wait for it.
    func take(_ bytes: Bytes) {
        if !isOpen { return }
        service.counters.bytesUpstream.add(bytes.count)
        downstream.send(bytes)
        if downstream.unsentCount > worker.limits.heldBytesPerConnection {
            worker.count(.inapplicable, entry: entry)
            close(reset: true)
        }
    }

    override func received(_ bytes: Bytes, on connection: Connection) {
        if body != nil { return drop(bytes) }
        head.append(bytes)
        takeHead()
    }

    private func takeHead() {
        while body == nil, isOpen, !head.isEmpty {
            let result = head.withBytes { worker.parseResponse($0, scanned: &scanned, answering: facts) }
            guard case .complete(let length) = result else {
                if case .invalid = result { close() }
                return
            }
            scanned = 0
            head.removeFirst(length)
            if !worker.response.isInformational { beginBody() }
        }
    }

    private func beginBody() {
        body = BodyFraming(worker.response.framing)
        let rest = head.withBytes { $0.array }
        head.removeAll()
        rest.withBytes { drop($0) }
    }

    private func drop(_ bytes: Bytes) {
        guard let piece = body?.consume(bytes), piece.isComplete || piece.error != nil else { return }
        close()
    }

    override func ended(_ connection: Connection) { close() }
    override func failed(_ connection: Connection, _ error: SystemError) { close() }
    override func idled() { close() }
}

/// The copies that are under way on one worker.
final class CopyTable {
    private var copies: [ObjectIdentifier: CopySession] = [:]

    var count: Int { copies.count }

    func add(_ copy: CopySession) { copies[ObjectIdentifier(copy)] = copy }
    func remove(_ copy: Session) { copies[ObjectIdentifier(copy)] = nil }

    func close() {
        for copy in copies.values { copy.close() }
    }
}
