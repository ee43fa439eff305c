// Signals as readable descriptors (signalfd): handled in the loop's own time, like everything else.
// The signals must be blocked in every thread, so block them before any thread starts.

internal import CLibevent
import Glibc

/// Told of a signal on the loop.
package protocol SignalReader: AnyObject {
    func received(signal: Int32)
}

/// Watches a set of signals on one loop.
package final class SignalWatcher<Reader: SignalReader>: Watcher {
    private unowned let reader: Reader

    /// Blocks `signals` for the calling thread and all threads it starts later.
    package static func block(_ signals: [Int32]) {
        var set = makeSet(signals)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    package init(loop: EventLoop, signals: [Int32], reader: Reader) throws(SystemError) {
        var set = Self.makeSet(signals)
        let descriptor = unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        if descriptor < 0 { throw SystemError("signalfd", errno) }
        self.reader = reader
        super.init(loop: loop, socket: Socket(descriptor: descriptor), urgent: true)
        watch(.read)
    }

    package override func ready(_ readiness: Readiness) {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(socket.descriptor, &information, size) == size {
            reader.received(signal: Int32(information.ssi_signo))
        }
    }

    private static func makeSet(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
