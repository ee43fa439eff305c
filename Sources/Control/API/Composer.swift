// Decodes what callers send on a thread of its own: a megabyte of YAML takes longer than the control thread may.
//
//      control thread: hand in ──► bounded queue ──► composer thread: decode ──► mailbox ──► control thread: act

import EventLoop
import Foundation
import Synchronization
import Units

/// What came of decoding, for the control thread.
struct ComposedWork<Work: Sendable>: Sendable {
    let number: Int
    let work: Work
}

/// One thread that decodes, in the order of the requests.
final class Composer<Work: Sendable>: Sendable {
    private struct Job: Sendable {
        let number: Int
        let compose: @Sendable () -> Work
    }

    private struct State {
        var jobs: [Job] = []
        var isClosing = false
    }

    let mailbox: Mailbox<ComposedWork<Work>>
    private let state = Lock(State())
    private let work = DispatchSemaphore(value: 0)

    static var mostJobs: Int { 64 }

    init() throws(SystemError) {
        mailbox = try Mailbox()
        let thread = Thread { [weak self, work] in
            while true {
                work.wait()
                guard let self, self.step() else { return }
            }
        }
        thread.name = "composer"
        thread.start()
    }

    /// False when too much waits already.
    func hand(_ number: Int, _ compose: @escaping @Sendable () -> Work) -> Bool {
        let isTaken = state.withLock { state in
            guard state.jobs.count < Self.mostJobs else { return false }
            state.jobs.append(Job(number: number, compose: compose))
            return true
        }
        if isTaken { work.signal() }
        return isTaken
    }

    func close() {
        state.withLock { $0.isClosing = true }
        work.signal()
    }

    /// One job; false when there will be no more.
    private func step() -> Bool {
        let (job, isClosing) = state.withLock { state in
            (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isClosing)
        }
        if let job { mailbox.post(ComposedWork(number: job.number, work: job.compose())) }
        return !isClosing
    }
}
