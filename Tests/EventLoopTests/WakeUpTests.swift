import Testing

@testable import EventLoop

@Suite("Wake-ups")
struct WakeUpTests {
    final class Reader: MailboxReader {
        var letters: [Int] = []
        let loop: EventLoop
        let expected: Int
        init(loop: EventLoop, expected: Int) {
            self.loop = loop
            self.expected = expected
        }
        func read(_ letter: Int) {
            letters.append(letter)
            if letters.count == expected { loop.stop() }
        }
    }

    @Test("letters from other threads arrive in order, none lost")
    func delivery() throws {
        let loop = try EventLoop()
        defer { loop.close() }
        let mailbox = try Mailbox<Int>()
        let reader = Reader(loop: loop, expected: 10_000)
        let wakeUp = try WakeUp(loop: loop, mailbox: mailbox, reader: reader)
        let sender = try LoopThread(name: "sender") {
            for number in 0..<10_000 { mailbox.post(number) }
        }
        loop.run()
        sender.join()
        wakeUp.close()
        #expect(reader.letters == Array(0..<10_000))
    }
}
