// `brownout status --watch` where there is no terminal: a line a second, as a run writes its progress into a log.

import Control
import EventLoop
import Glibc
import Observation

/// Follows one control plane by lines.
package final class PlainWatch: EventReader, SignalReader {
    private let client: ControlClient
    private let say: (String) -> Void
    private let complain: (String) -> Void
    private var hasConnected = false
    private var isLost = false
    private var failure: ClientError?
    private lazy var follower = EventFollower(client, reader: self)

    /// Read here, since whoever starts us may have blocked them; block them before any thread starts.
    package static let signals = [SIGINT, SIGTERM, SIGHUP]

    package init(_ client: ControlClient, say: @escaping (String) -> Void, complain: @escaping (String) -> Void) {
        self.client = client
        self.say = say
        self.complain = complain
    }

    /// Until a signal ends it. An error where nothing was there at the beginning.
    package func run() throws(ClientError) {
        do throws(SystemError) {
            try watch()
        } catch {
            throw .broken(client.place.label, reason: "\(error)")
        }
        if let failure { throw failure }
    }

    private func watch() throws(SystemError) {
        let signals = try SignalWatcher(loop: client.loop, signals: Self.signals, reader: self)
        defer {
            signals.close()
            follower.close()
        }
        follower.begin()
        if failure == nil { client.loop.run() }
    }

    package func received(signal: Int32) { client.loop.stop() }

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
