// One connection to a built-in origin. Requests are answered in order, one at a time:
//
//     head ──► body ──► working (for the drawn service time) ──► answered ──► head …
//
// A caller that leaves is noticed while working: its answer is dropped.

import EventLoop
import HTTP1
import Units

/// What a connection needs of its origin.
protocol OriginDesk: AnyObject {
    /// Parses at the start of `bytes` (one head serves all connections of a loop).
    func parse(_ bytes: Bytes, scanned: inout Int) -> ParsedRequest
    func serviceTime() -> TimeSpan
    func answer(isHead: Bool, close: Bool) -> [UInt8]
    func forget(_ connection: OriginConnection)
}

/// What a head came to.
enum ParsedRequest {
    case incomplete
    case refused(HTTPError)
    case request(headLength: Int, framing: BodyFraming.Kind, isHead: Bool, keepAlive: Bool, expectsContinue: Bool)
}

/// One caller of a built-in origin.
final class OriginConnection: MessageConnection {
    private enum State {
        case head
        case body(BodyFraming)
        case working
    }

    private weak var desk: (any OriginDesk)?
    private var state = State.head
    private var scanned = 0
    private var isHead = false
    private var keepAlive = true
    private var work: Timer?

    init(loop: EventLoop, socket: Socket, desk: any OriginDesk) {
        self.desk = desk
        super.init(loop: loop, socket: socket)
        work = Timer(on: loop, owner: self)
        settleInterest()
    }

    override func received() {
        while !isClosed, step() {}
    }

    override func ended(_ error: SystemError?) {
        work?.cancel()
        desk?.forget(self)
    }

    override func fired(_ timer: Timer) {
        guard let desk else { return }
        state = .head
        transmit(desk.answer(isHead: isHead, close: !keepAlive))
        guard keepAlive else { return closeWhenSent() }
        received()
        if !isClosed { settleInterest() }
    }

    /// Whether there may be more to do with what is here.
    private func step() -> Bool {
        switch state {
        case .head: takeHead()
        case .body(var framing): takeBody(&framing)
        case .working: false
        }
    }

    private func takeHead() -> Bool {
        guard let desk, !incoming.isEmpty else { return false }
        var scanned = scanned
        let parsed = incoming.withBytes { desk.parse($0, scanned: &scanned) }
        self.scanned = scanned
        switch parsed {
        case .incomplete: return false
        case .refused(let error): return refuse(error)
        case .request(let length, let framing, let isHead, let keepAlive, let expectsContinue):
            incoming.removeFirst(length)
            (self.scanned, self.isHead, self.keepAlive) = (0, isHead, keepAlive)
            if expectsContinue, framing != .none { transmit(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
            state = .body(BodyFraming(framing))
            return true
        }
    }

    private func takeBody(_ framing: inout BodyFraming) -> Bool {
        let taken = incoming.withBytes { framing.consume($0) }
        incoming.removeFirst(taken.count)
        state = .body(framing)
        if let error = taken.error { return refuse(error) }
        guard taken.isComplete, let desk else { return false }
        state = .working
        work?.set(after: desk.serviceTime())
        return false
    }

    private func refuse(_ error: HTTPError) -> Bool {
        state = .working
        transmit(HTTPResponse.refusal(error))
        closeWhenSent()
        return false
    }
}
