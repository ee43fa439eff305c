import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing
import Units

@testable import EventLoop

@Suite("Names, asked of a nameserver of the test's own", .serialized)
struct ResolverTests {
    final class Asker: ResolverClient {
        var answers: [Result<[SocketAddress], ResolveError>] = []
        func resolved(_ addresses: Result<[SocketAddress], ResolveError>) { answers.append(addresses) }
    }

    /// A resolver whose configuration names a nameserver of the test.
    final class Stage {
        let server: TestNameserver
        let resolver: Resolver
        private let turning: Turning
        private let directory: URL

        init(_ answer: @escaping @Sendable (String) -> TestNameserver.Answer) throws {
            turning = Turning(try EventLoop())
            server = try TestNameserver(answer)
            directory = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let file = directory.appending(path: "resolv.conf")
            try "nameserver 127.0.0.1:\(server.port)\n".write(to: file, atomically: true, encoding: .utf8)
            resolver = Resolver(loop: turning.loop, configuration: file.path)
        }

        deinit {
            resolver.close()
            turning.loop.close()
            try? FileManager.default.removeItem(at: directory)
        }

        func run(until condition: @escaping () -> Bool) -> Bool { turning.run(until: condition) }
    }

    @Test("callers who ask at once share one query, and the answer is kept as long as it says")
    func keeping() throws {
        let stage = try Stage { _ in .address([10, 1, 2, 3], timeToLive: 1) }
        let askers = (0..<5).map { _ in Asker() }
        for asker in askers { stage.resolver.resolve("name.test", for: asker) }
        #expect(stage.run { askers.allSatisfy { $0.answers.count == 1 } })
        let address = try #require(SocketAddress(numeric: "10.1.2.3", port: 0))
        #expect(askers.allSatisfy { (try? $0.answers[0].get()) == [address] })
        #expect(stage.server.questions("name.test") == 1)
        #expect(stage.resolver.known("name.test") == [address])
        #expect(stage.run { stage.resolver.known("name.test") == nil }, "its second is over")
        let again = Asker()
        stage.resolver.resolve("name.test", for: again)
        #expect(stage.run { again.answers.count == 1 })
        #expect(stage.server.questions("name.test") == 2)
    }

    @Test("a name that nobody answers for holds up nobody else")
    func slowness() throws {
        let stage = try Stage { $0 == "slow.test" ? .silence : .address([10, 0, 0, 1], timeToLive: 60) }
        let (slow, quick) = (Asker(), Asker())
        stage.resolver.resolve("slow.test", for: slow)
        #expect(stage.run { stage.server.questions("slow.test") >= 1 })
        stage.resolver.resolve("quick.test", for: quick)
        #expect(stage.run { quick.answers.count == 1 })
        #expect(slow.answers.isEmpty)
    }

    @Test("a resolver that is closed calls nobody who waits, and can be asked again")
    func closing() throws {
        let stage = try Stage { $0 == "slow.test" ? .silence : .address([10, 0, 0, 1], timeToLive: 60) }
        let (slow, quick) = (Asker(), Asker())
        stage.resolver.resolve("slow.test", for: slow)
        #expect(stage.run { stage.server.questions("slow.test") >= 1 })
        stage.resolver.close()
        stage.resolver.resolve("quick.test", for: quick)
        #expect(stage.run { quick.answers.count == 1 })
        #expect(slow.answers.isEmpty)
    }

    @Test("a name that does not exist is said to, and asked for again the next time")
    func absence() throws {
        let stage = try Stage { _ in .noSuchName }
        let asker = Asker()
        stage.resolver.resolve("nothing.test", for: asker)
        #expect(stage.run { asker.answers.count == 1 })
        #expect(asker.answers[0] == .failure(.notFound))
        #expect(stage.resolver.known("nothing.test") == nil)
    }
}

/// The answering thread must not keep its server alive.
private struct WeakServer: Sendable {
    weak let server: TestNameserver?
    init(_ server: TestNameserver) { self.server = server }
}

/// A nameserver on a UDP port of this machine. It answers questions for A, and has no AAAA of anything.
final class TestNameserver: Sendable {
    enum Answer {
        case address([UInt8], timeToLive: UInt8)
        case noSuchName
        case silence
    }

    let port: UInt16
    private let descriptor: Int32
    private let asked = Lock<[String: Int]>([:])

    init(_ answer: @escaping @Sendable (String) -> Answer) throws {
        let socket = Socket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        try socket.bind(to: .loopback(port: 0))
        descriptor = socket.descriptor
        port = try #require(socket.localAddress).port
        let (descriptor, server) = (descriptor, WeakServer(self))
        TestThread.start {
            var buffer = [UInt8](repeating: 0, count: 512)
            while true {
                var peer = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe recvfrom(descriptor, &buffer, 512, 0, $0, &size)
                    }
                }
                guard count > 12, let reply = server.server?.reply(to: Array(buffer[..<count]), answer) else { break }
                if reply.isEmpty { continue }
                unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        _ = unsafe sendto(descriptor, reply, reply.count, 0, $0, size)
                    }
                }
            }
            close(descriptor)
        }
    }

    deinit { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// How often the A of `name` was asked for.
    func questions(_ name: String) -> Int { asked.withLock { $0[name] ?? 0 } }

    /// Empty: none.
    fileprivate func reply(to question: [UInt8], _ answer: (String) -> Answer) -> [UInt8] {
        let (name, end) = Self.name(in: question)
        let isForA = question[end + 1] == 1
        if isForA { asked.withLock { $0[name, default: 0] += 1 } }
        // RFC 1035, section 4.1.1: an answer, authoritative, recursion available; one question.
        var reply = Array(question[..<2]) + [0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0] + question[12..<end + 4]
        switch answer(name) {
        case .silence: return []
        case .noSuchName: reply[3] = 0x83
        case .address(let bytes, let timeToLive):
            if !isForA { return reply }
            reply[7] = 1
            reply += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, timeToLive, 0, 4] + bytes
        }
        return reply
    }

    /// The name asked for, in lower case, and where its question goes on.
    private static func name(in question: [UInt8]) -> (name: String, end: Int) {
        var labels: [String] = []
        var place = 12
        while question[place] != 0 {
            let end = place + 1 + Int(question[place])
            labels.append(String(decoding: question[place + 1..<end], as: UTF8.self).lowercased())
            place = end
        }
        return (labels.joined(separator: "."), place + 1)
    }
}
