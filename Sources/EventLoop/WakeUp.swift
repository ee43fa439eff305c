// The only way into a loop from another thread: a mailbox behind an eventfd. Letters are taken in the order
// in which they were posted, all of them at the next turn, before any socket.

internal import CLibevent
import Glibc
import Synchronization
import Units

/// The sending half: post from any thread.
package final class Mailbox<Letter: Sendable>: Sendable {
    private let letters = Lock<[Letter]>([])
    private let descriptor: Int32

    /// Throws when no descriptor is left.
    package init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        if descriptor < 0 { throw SystemError("eventfd", errno) }
    }

    deinit {
        Glibc.close(descriptor)
    }

    package func post(_ letter: Letter) {
        let wasEmpty = letters.withLock { letters in
            letters.append(letter)
            return letters.count == 1
        }
        if wasEmpty { ring() }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    func takeAll() -> [Letter] {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
        return letters.withLock { letters in
            let taken = letters
            letters.removeAll(keepingCapacity: true)
            return taken
        }
    }

    /// A descriptor of its own for the watcher, which closes what it watches.
    func watchedDescriptor() throws(SystemError) -> Socket {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { throw SystemError("dup", errno) }
        return Socket(descriptor: copy)
    }
}

/// Whoever receives letters on the loop.
package protocol MailboxReader: AnyObject {
    associatedtype Letter: Sendable
    func read(_ letter: Letter)
}

/// The receiving half: lives on the loop.
package final class WakeUp<Reader: MailboxReader>: Watcher {
    private let mailbox: Mailbox<Reader.Letter>
    private unowned let reader: Reader

    package init(loop: EventLoop, mailbox: Mailbox<Reader.Letter>, reader: Reader) throws(SystemError) {
        self.mailbox = mailbox
        self.reader = reader
        super.init(loop: loop, socket: try mailbox.watchedDescriptor(), urgent: true)
        watch(.read)
    }

    package override func ready(_ readiness: Readiness) {
        for letter in mailbox.takeAll() { reader.read(letter) }
    }
}
