// The caller as others see it: starts with its thread, stops with an account of what it went through.

package import EventLoop
import Synchronization
import Units

/// A built-in open-loop caller.
package final class DemoCaller: Sendable {
    package let options: CallerOptions
    private let mailbox: Mailbox<DemoLetter>
    private let result: CallerResult
    private let thread: LoopThread

    /// Starts to call at once.
    package init(_ options: CallerOptions) throws(SystemError) {
        let mailbox = try Mailbox<DemoLetter>()
        let result = CallerResult()
        thread = try LoopThread(name: "caller") { Self.run(options, mailbox, result) }
        (self.options, self.mailbox, self.result) = (options, mailbox, result)
    }

    /// Lets requests under way end, closes everything, and answers with the counts; call once.
    package func stop() -> CallerTally {
        mailbox.post(.stop)
        thread.join()
        return result.tally
    }

    private static func run(_ options: CallerOptions, _ mailbox: Mailbox<DemoLetter>, _ result: CallerResult) {
        guard let loop = try? EventLoop() else { return }
        let caller = CallerLoop(loop: loop, options: options)
        if let wakeUp = try? WakeUp(loop: loop, mailbox: mailbox, reader: caller) {
            loop.run()
            wakeUp.close()
        }
        caller.close()
        result.tally = caller.tally
        loop.close()
    }
}

/// Where the thread leaves its counts.
final class CallerResult: Sendable {
    private let stored = Lock(CallerTally())

    var tally: CallerTally {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
