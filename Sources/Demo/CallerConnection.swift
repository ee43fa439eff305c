// One connection of the caller's pool: idle, or with one attempt on it. The attempt's time-out runs from the moment the
// attempt is given to the connection, connecting included, and on reused connections as much as on new ones. A
// connection whose attempt timed out is closed: its late answer must not be taken for the next one's.

import EventLoop
import HTTP1
import Units

/// How an attempt ended.
enum AttemptResult {
    case answer(status: Int, retryAfter: TimeSpan?)
    case timedOut
    case refused
    case broken
}

/// Who is told.
protocol AttemptDesk: AnyObject {
    func finished(_ request: CallerRequest, _ result: AttemptResult)
    /// The connection has no attempt on it and can take one.
    func free(_ connection: CallerConnection)
    func forget(_ connection: CallerConnection)
}

/// A connection with its attempt.
final class CallerConnection: MessageConnection {
    private enum State {
        case idle
        case head(CallerRequest)
        case body(CallerRequest, AttemptResult, BodyFraming)
    }

    private weak var desk: (any AttemptDesk)?
    private var state = State.idle
    private var scanned = 0
    private var keepAlive = true
    private var head = ResponseHead(limits: HeadLimits(headBytesMaximum: 16_384, fieldsMaximum: 64))
    private var deadline: Timer?

    /// Begins to connect.
    init(loop: EventLoop, to address: SocketAddress, desk: any AttemptDesk) throws(SystemError) {
        let socket = try Socket.stream(family: address.family)
        do throws(SystemError) {
            _ = try socket.connect(to: address)
        } catch {
            socket.close()
            throw error
        }
        self.desk = desk
        super.init(loop: loop, socket: socket)
        deadline = Timer(on: loop, owner: self)
    }

    /// Sends one attempt of `request`.
    func begin(_ request: CallerRequest, message: [UInt8], timeout: TimeSpan) {
        state = .head(request)
        deadline?.set(after: timeout)
        transmit(message)
    }

    override func fired(_ timer: Timer) {
        finish(.timedOut)
    }

    override func received() {
        while !isClosed, step() {}
    }

    override func ended(_ error: SystemError?) {
        deadline?.cancel()
        desk?.forget(self)
        settle(error?.isRefused == true ? .refused : .broken)
    }

    private func step() -> Bool {
        switch state {
        case .idle:
            // Bytes that nobody asked for.
            end(nil)
            return false
        case .head(let request): return takeHead(request)
        case .body(let request, let result, var framing): return takeBody(request, result, &framing)
        }
    }

    private func takeHead(_ request: CallerRequest) -> Bool {
        var scanned = scanned
        var headLength: Int?
        var next = state
        incoming.withBytes { bytes in
            switch head.parse(bytes, scanned: &scanned, answering: []) {
            case .incomplete: return
            case .invalid: headLength = -1
            case .complete(let length):
                headLength = length
                if !head.isInformational { next = .body(request, answer(in: bytes), BodyFraming(head.framing)) }
            }
        }
        self.scanned = scanned
        guard let headLength else { return false }
        guard headLength > 0 else {
            finish(.broken)
            return false
        }
        incoming.removeFirst(headLength)
        (self.scanned, state, keepAlive) = (0, next, head.keepAlive)
        return true
    }

    private func answer(in bytes: Bytes) -> AttemptResult {
        let wait = head.header(Array("retry-after".utf8), in: bytes).flatMap { Int64($0.string) }
        return .answer(status: head.status, retryAfter: wait.map { .seconds(min(max($0, 0), 3_600)) })
    }

    private func takeBody(_ request: CallerRequest, _ result: AttemptResult, _ framing: inout BodyFraming) -> Bool {
        let taken = incoming.withBytes { framing.consume($0) }
        incoming.removeFirst(taken.count)
        state = .body(request, result, framing)
        if taken.error != nil { finish(.broken) }
        if taken.isComplete { finish(result) }
        return false
    }

    /// Ends the attempt; the connection stays only after a whole answer that allows it.
    private func finish(_ result: AttemptResult) {
        deadline?.cancel()
        if case .answer = result, keepAlive, incoming.isEmpty {
            settle(result)
            desk?.free(self)
        } else {
            close()
            desk?.forget(self)
            settle(result)
        }
    }

    /// Tells of the attempt, if there is one: once.
    private func settle(_ result: AttemptResult) {
        let request: CallerRequest
        switch state {
        case .idle: return
        case .head(let waiting): request = waiting
        case .body(let waiting, let answer, let framing):
            request = waiting
            // A body that lasts until the close is whole now.
            if case .broken = result, framing.kind == .untilClose {
                state = .idle
                return desk?.finished(request, answer) ?? ()
            }
        }
        state = .idle
        desk?.finished(request, result)
    }
}
