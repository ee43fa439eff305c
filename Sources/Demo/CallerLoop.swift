// The caller on its loop. It is open-loop: requests arrive by the clock, whether earlier ones were answered or not, as
// they do where many people call. A request's latency counts from its arrival, waiting for a connection and all retries
// included.
//
//     arrival ──► attempt on a free connection, a new one, or after a wait for one
//                   │ answered ──► done            timed out, refused, broken, 429, 5xx
//                   └────────────────────────────── backs off, up to two times, then has failed

import EventLoop
import Units

/// One logical request: what a person or a service wanted, however many attempts it took.
struct CallerRequest {
    let number: Int
    let arrived: Instant
    var attempts = 0
}

/// The loop's half of a `DemoCaller`.
final class CallerLoop: TimerOwner, MailboxReader, AttemptDesk {
    private static let arrival = -1
    private static let patience = -2

    let loop: EventLoop
    private(set) var tally: CallerTally
    private let options: CallerOptions
    private var dice: DemoDice
    private var idle: [CallerConnection] = []
    private var connections: [ObjectIdentifier: CallerConnection] = [:]
    private var waiting: [CallerRequest] = []
    private var backingOff: [Int: (request: CallerRequest, timer: Timer)] = [:]
    private var nextArrival: Instant
    private var arrivals: Timer?
    private var limit: Timer?
    private var isStopping = false
    private var underWay = 0

    init(loop: EventLoop, options: CallerOptions) {
        self.loop = loop
        self.options = options
        dice = DemoDice(seed: options.seed)
        tally = CallerTally()
        nextArrival = loop.now
        super.init()
        arrivals = Timer(on: loop, owner: self, kind: Self.arrival)
        limit = Timer(on: loop, owner: self, kind: Self.patience)
        arrivals?.set(at: nextArrival)
    }

    /// Lets what is under way end, for as long as its patience lasts.
    func read(_ letter: DemoLetter) {
        isStopping = true
        arrivals?.cancel()
        limit?.set(after: options.patience)
        stopIfDone()
    }

    override func fired(_ timer: Timer) {
        switch timer.kind {
        case Self.arrival: arrive()
        case Self.patience: stop()
        default:
            if let (request, _) = backingOff.removeValue(forKey: timer.kind) { attempt(request) }
        }
    }

    private func arrive() {
        while nextArrival <= loop.now {
            let request = CallerRequest(number: tally.requests, arrived: nextArrival)
            tally.requests += 1
            underWay += 1
            attempt(request)
            let mean = 1 / options.requestsPerSecond
            nextArrival = nextArrival + TimeSpan(seconds: options.arrivesEvenly ? mean : dice.exponential(mean: mean))
        }
        arrivals?.set(at: nextArrival)
    }

    // MARK: Connections

    private func attempt(_ request: CallerRequest) {
        if let connection = idle.popLast() { return begin(request, on: connection) }
        if connections.count < options.connectionsMaximum { return open(for: request) }
        guard waiting.count < options.waitingMaximum else {
            tally.turnedAway += 1
            return fail(request)
        }
        tally.waitedForConnection += 1
        waiting.append(request)
    }

    private func open(for request: CallerRequest) {
        guard let connection = try? CallerConnection(loop: loop, to: options.address, desk: self) else {
            tally.attempts += 1
            var request = request
            request.attempts += 1
            return finished(request, .refused)
        }
        connections[ObjectIdentifier(connection)] = connection
        tally.connectionsOpened += 1
        tally.connectionsMost = max(tally.connectionsMost, connections.count)
        begin(request, on: connection)
    }

    private func begin(_ request: CallerRequest, on connection: CallerConnection) {
        var request = request
        request.attempts += 1
        tally.attempts += 1
        if request.attempts > 1 { tally.retries += 1 }
        connection.begin(request, message: message(request), timeout: options.retry.attemptTimeout)
    }

    /// Every other request charges, the others look; both say which request and which attempt they are.
    private func message(_ request: CallerRequest) -> [UInt8] {
        let charges = request.number % 2 == 0
        let body = charges ? #"{"amount":\#(1 + request.number % 97),"currency":"EUR"}"# : ""
        var head = charges ? "POST /v1/charge HTTP/1.1\r\n" : "GET /v1/charge/\(request.number) HTTP/1.1\r\n"
        head += "Host: \(options.address)\r\nUser-Agent: brownout-demo\r\n"
        head += "X-Request-Id: \(request.number)\r\nX-Attempt: \(request.attempts)\r\n"
        if charges { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return Array((head + "\r\n" + body).utf8)
    }

    func free(_ connection: CallerConnection) {
        idle.append(connection)
        serveWaiting()
    }

    func forget(_ connection: CallerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        serveWaiting()
    }

    private func serveWaiting() {
        guard !waiting.isEmpty, !idle.isEmpty || connections.count < options.connectionsMaximum else { return }
        attempt(waiting.removeFirst())
    }

    // MARK: Ends

    func finished(_ request: CallerRequest, _ result: AttemptResult) {
        tally.count(result)
        guard result.isWorthAnother else { return succeed(request) }
        guard request.attempts <= options.retry.retriesMaximum, !isStopping else { return fail(request) }
        let timer = Timer(on: loop, owner: self, kind: request.number)
        backingOff[request.number] = (request, timer)
        timer.set(after: backoff(request, result))
    }

    /// Full jitter over a bound that doubles; a Retry-After is the least that is waited.
    private func backoff(_ request: CallerRequest, _ result: AttemptResult) -> TimeSpan {
        let doubled = options.retry.firstBackoff * Double(1 << min(request.attempts - 1, 16))
        let drawn = min(doubled, options.retry.longestBackoff) * dice.unit()
        guard case .answer(_, let retryAfter?) = result else { return drawn }
        return retryAfter + drawn
    }

    private func succeed(_ request: CallerRequest) {
        tally.succeeded += 1
        settle(request)
    }

    private func fail(_ request: CallerRequest) {
        tally.failed += 1
        settle(request)
    }

    private func settle(_ request: CallerRequest) {
        tally.note(loop.freshNow - request.arrived)
        underWay -= 1
        stopIfDone()
    }

    private func stopIfDone() {
        if isStopping, underWay == 0 { stop() }
    }

    private func stop() {
        tally.unfinished = underWay
        loop.stop()
    }

    /// Closes everything; the loop does not run any more.
    func close() {
        isStopping = true
        for connection in Array(connections.values) { connection.close() }
        (connections, idle, waiting, backingOff) = ([:], [], [], [:])
    }
}

extension AttemptResult {
    /// Whether a further attempt may help.
    var isWorthAnother: Bool {
        switch self {
        case .answer(let status, _): status == 429 || status >= 500
        case .timedOut, .refused, .broken: true
        }
    }
}
