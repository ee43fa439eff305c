// Follows a control plane's events: connects, takes them apart, and comes back after a break with the id that it saw last.

package import Control
package import EventLoop
import struct Foundation.Data
import Units

/// What a follower hears.
package enum HeardEvent: Sendable {
    case second(SecondAnswer)
    case happened(EventAnswer)
    /// Events that are not kept any more, or the process behind the address is another one now.
    case missed
}

/// Told of events, and of the connection they come by.
package protocol EventReader: AnyObject {
    /// Events will come from now on.
    func connected(_ follower: EventFollower)
    func heard(_ event: HeardEvent, _ follower: EventFollower)
    /// No event comes for the time being; it tries again by itself.
    func lost(_ error: ClientError, _ follower: EventFollower)
}

/// One event stream, kept up.
package final class EventFollower: TimerOwner, ControlExchangeReader {
    private let client: ControlClient
    private unowned let reader: any EventReader
    private var exchange: ControlExchange?
    private var text = EventText()
    private var refusal: (status: Int, body: [UInt8])?
    private lazy var retry = Timer(on: client.loop, owner: self)

    private static let pause = TimeSpan.seconds(1)
    /// The feed says something every second, and its heartbeat comes every ten.
    private static let silence = TimeSpan.seconds(25)

    package init(_ client: ControlClient, reader: any EventReader) {
        self.client = client
        self.reader = reader
    }

    package func begin() {
        text.restart()
        refusal = nil
        var request = ControlRequest("GET", ["v1", "events"])
        request.fields["Last-Event-ID"] = text.lastID
        do throws(ClientError) {
            exchange = try client.exchange(request, patience: Self.silence, reader: self)
        } catch {
            pauseAfter(error)
        }
    }

    package func close() {
        retry.cancel()
        exchange?.cancel()
        exchange = nil
    }

    package override func fired(_ timer: Timer) { begin() }

    package func began(_ exchange: ControlExchange, status: Int) {
        if status == 200 { return reader.connected(self) }
        refusal = (status, [])
    }

    package func received(_ exchange: ControlExchange, _ payload: [UInt8]) {
        guard refusal == nil else {
            refusal?.body += payload
            return
        }
        for event in text.take(payload) {
            if let heard = Self.heard(event) { reader.heard(heard, self) }
        }
    }

    package func finished(_ exchange: ControlExchange, _ error: ClientError?) {
        if let refusal { return pauseAfter(ControlRefusal.error(refusal.status, Data(refusal.body))) }
        pauseAfter(error ?? .unreachable(client.place.label, reason: "it has ended"))
    }

    private func pauseAfter(_ error: ClientError) {
        exchange = nil
        retry.set(after: Self.pause)
        reader.lost(error, self)
    }

    /// nil: of a version after this one.
    private static func heard(_ event: EventText.Event) -> HeardEvent? {
        let (decoder, data) = (ControlAnswer.decoder(), Data(event.data.utf8))
        switch event.name {
        case "missed": return .missed
        case "second": return (try? decoder.decode(SecondAnswer.self, from: data)).map { .second($0) }
        default: return (try? decoder.decode(EventAnswer.self, from: data)).map { .happened($0) }
        }
    }
}
