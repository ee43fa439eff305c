// The origin on its loop: accepts, and is the desk of its connections. Bounded: at the most connections it stops
// accepting until one leaves, and so it does for a moment when the process is out of descriptors.

import EventLoop
import HTTP1
import Units

/// The loop's half of a `DemoOrigin`.
final class OriginServer: Watcher, MailboxReader, OriginDesk {
    private let options: OriginOptions
    private let counts: OriginCounts
    private var dice: DemoDice
    private var head = RequestHead()
    private var connections: [ObjectIdentifier: OriginConnection] = [:]
    private var pause: Timer?

    init(loop: EventLoop, listening socket: Socket, options: OriginOptions, counts: OriginCounts) {
        self.options = options
        self.counts = counts
        dice = DemoDice(seed: options.seed)
        super.init(loop: loop, socket: socket, urgent: false)
        pause = Timer(on: loop, owner: self)
        watch(.read)
    }

    func read(_ letter: DemoLetter) {
        for connection in Array(connections.values) { connection.end(nil) }
        close()
        loop.stop()
    }

    override func ready(_ readiness: Readiness) {
        do throws(SystemError) {
            while connections.count < options.connectionsMaximum, let (socket, _) = try socket.accept() {
                let connection = OriginConnection(loop: loop, socket: socket, desk: self)
                connections[ObjectIdentifier(connection)] = connection
            }
            if connections.count >= options.connectionsMaximum { watch([]) }
        } catch {
            watch([])
            pause?.set(after: .milliseconds(100))
        }
    }

    override func fired(_ timer: Timer) {
        watch(.read)
    }

    // MARK: OriginDesk

    func parse(_ bytes: Bytes, scanned: inout Int) -> ParsedRequest {
        switch head.parse(bytes, scanned: &scanned) {
        case .incomplete: .incomplete
        case .invalid(let error): .refused(error)
        case .complete(let length):
            .request(
                headLength: length, framing: head.framing, isHead: head.isHead, keepAlive: head.keepAlive,
                expectsContinue: head.expectsContinue)
        }
    }

    func serviceTime() -> TimeSpan { options.serviceTime.draw(&dice) }

    func answer(isHead: Bool, close: Bool) -> [UInt8] {
        let number = counts.countAnswer()
        return HTTPResponse.bytes(
            status: 200, fields: [("Content-Type", "application/json"), ("X-Zone", options.zone)],
            body: Array(#"{"zone":"\#(options.zone)","answer":\#(number),"charged":true}"#.utf8), close: close,
            isHead: isHead)
    }

    func forget(_ connection: OriginConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if !isClosed, pause?.isSet == false { watch(.read) }
    }
}
