// `brownout status --watch` where there is no terminal: a line a second, as a run writes its progress into a log.

import Control
import EventLoop
import Observation

/// Follows one control plane by lines.
package final class PlainWatch: EventReader {
    private let client: ControlClient
    private let say: (String) -> Void
    private let complain: (String) -> Void
    private var hasConnected = false
    private var isLost = false
    private var failure: ClientError?
    private lazy var follower = EventFollower(client, reader: self)

    package init(_ client: ControlClient, say: @escaping (String) -> Void, complain: @escaping (String) -> Void) {
        self.client = client
        self.say = say
        self.complain = complain
    }

    /// Until a signal ends the process. An error where nothing was there at the beginning.
    package func run() throws(ClientError) {
        follower.begin()
        if failure == nil { client.loop.run() }
        if let failure { throw failure }
    }

    package func connected(_ follower: EventFollower) {
        (hasConnected, isLost) = (true, false)
    }

    package func heard(_ event: HeardEvent, _ follower: EventFollower) {
        switch event {
        case .second(let second): say(ProgressLine.plain(second.progress))
        case .happened(let happened): if !happened.text.isEmpty { say(happened.text) }
        case .missed: complain("brownout: events were missed")
        }
    }

    package func lost(_ error: ClientError, _ follower: EventFollower) {
        guard hasConnected else {
            failure = error
            return client.loop.stop()
        }
        if !isLost { complain("brownout: \(client.place.label): \(error.brief); trying again") }
        isLost = true
    }
}
