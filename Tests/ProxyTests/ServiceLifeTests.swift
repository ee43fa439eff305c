import EventLoop
import Foundation
import Observation
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

/// Services that come, move and go while traffic flows; numbers, sockets and sessions of them.
@Suite("Services that come and go")
struct ServiceLifeTests {
    /// A proxy that begins without any service.
    final class House {
        let server: ProxyServer
        let counters: ServiceCounterSet

        init(workers: Int = 2) throws {
            server = try ProxyServer(services: [], listeners: [], workers: workers)
            counters = ServiceCounterSet(workers: workers)
        }

        deinit { server.stop() }

        func service(
            _ origins: [UInt16], kind: Service.Kind = .tcp, port: UInt16 = 0
        ) -> (Service, (Int) -> [WantedListener]) {
            let service = Service(
                name: "svc", listen: .host("127.0.0.1", port: Int(port)), kind: kind,
                endpoints: origins.map { Endpoint(to: .host("127.0.0.1", port: Int($0))) })
            return (
                service,
                { [WantedListener(service: $0, index: 0, address: service.listen, endpoints: Array(origins.indices))] }
            )
        }

        /// Opens a service and answers its number.
        @discardableResult
        func open(_ origins: [UInt16], kind: Service.Kind = .tcp, port: UInt16 = 0) throws -> Int {
            let (service, listeners) = service(origins, kind: kind, port: port)
            let number = try #require(server.freeNumber)
            try server.open(
                ServiceConfiguration(service, index: number, zones: [], mark: false), listeners: listeners(number),
                counters: counters)
            return number
        }

        /// Configures it anew and answers its new number.
        func replace(
            _ old: Int, _ origins: [UInt16], kind: Service.Kind = .tcp, port: UInt16 = 0, cutting: Bool = false
        ) throws -> Int {
            let (service, listeners) = service(origins, kind: kind, port: port)
            let number = try #require(server.freeNumber)
            try server.replace(
                old, by: ServiceConfiguration(service, index: number, zones: [], mark: false),
                listeners: listeners(number), cutting: cutting)
            return number
        }

        func port(_ number: Int) -> UInt16 { server.listeners(of: number)[0].address.port }
        func connect(_ number: Int) throws -> TestSocket { try TestSocket.connect(port: port(number)) }

        /// Gives back what nobody uses any more.
        func settle() {
            let departed = server.departed
            for ring in server.rings { ring.drain { _ in } }
            server.release(departed)
        }
    }

    /// Answers each connection with its name, then echoes.
    private func named(_ name: String) throws -> TestOrigin {
        try TestOrigin { socket in
            try socket.send(name)
            while true {
                let bytes = try socket.receive()
                if bytes.isEmpty { break }
                try socket.send(bytes)
            }
        }
    }

    private func echo(_ text: String, _ socket: TestSocket) throws -> String {
        try socket.send(text)
        return String(decoding: try socket.receive(exactly: text.utf8.count), as: UTF8.self)
    }

    @Test("a service that is configured anew: new connections go elsewhere, open ones go on where they are")
    func moves() throws {
        let (old, new) = (try named("old"), try named("new"))
        let house = try House()
        let first = try house.open([old.port])
        let port = house.port(first)
        let open = try house.connect(first)
        #expect(String(decoding: try open.receive(exactly: 3), as: UTF8.self) == "old")
        let second = try house.replace(first, [new.port])
        #expect(second != first)
        #expect(house.port(second) == port)
        #expect(house.server.listeners(of: first).isEmpty)
        #expect(
            try eventually {
                String(decoding: try house.connect(second).receive(exactly: 3), as: UTF8.self) == "new"
            })
        #expect(try echo("still here", open) == "still here")
        #expect(house.server.departed.isEmpty)
        open.finish()
        #expect(eventually { house.server.departed == [first] })
        house.settle()
        #expect(house.server.freeNumber == first)
    }

    @Test("under load nothing is lost when a service moves to and fro")
    func movesUnderLoad() throws {
        let origins = try (0..<2).map { number in try TestOrigin.http { _ in ok("origin \(number)") } }
        let house = try House()
        var number = try house.open([origins[0].port], kind: .http)
        let port = house.port(number)
        let load = Load(port: port)
        for move in 1...60 {
            number = try house.replace(number, [origins[move % 2].port], kind: .http)
            house.settle()
            usleep(5_000)
        }
        let samples = try load.finish()
        #expect(samples.count == 6_000)
        #expect(samples.allSatisfy { $0.status == 200 })
        #expect(origins.allSatisfy { $0.connections > 0 })
    }

    /// Load on a thread of its own.
    private final class Load: Sendable {
        private let result = Lock<Result<[LoadSample], any Error>?>(nil)

        init(port: UInt16) {
            TestThread.start { [self] in
                // Each request on a connection of its own for half of them, so that new connections meet every move.
                let made = Result {
                    try (0..<30).flatMap { _ in try LoadClient.run(port: port, requests: 200, connections: 20) }
                }
                result.withLock { $0 = made }
            }
        }

        func finish() throws -> [LoadSample] {
            _ = eventually(within: 60) { result.withLock { $0 != nil } }
            return try result.withLock { try $0?.get() ?? [] }
        }
    }

    @Test("closing a service ends its connections on both sides at once, and those of no other")
    func closes() throws {
        let origin = try named("hi")
        let house = try House()
        let (one, other) = (try house.open([origin.port]), try house.open([origin.port]))
        let sockets = try (0..<8).map { _ in try house.connect(one) }
        let bystander = try house.connect(other)
        for socket in sockets + [bystander] { _ = try socket.receive(exactly: 2) }
        let port = house.port(one)
        house.server.close(one)
        #expect(throws: TestSocketError.refused) { try TestSocket.connect(port: port) }
        for socket in sockets { #expect(try socket.receiveAll().isEmpty) }
        #expect(eventually { house.server.departed == [one] })
        #expect(try echo("unharmed", bystander) == "unharmed")
        #expect(house.server.openConnections == 1)
    }

    @Test("an exchange that is open when its service closes is recorded as such")
    func closesExchange() throws {
        let origin = try TestOrigin { socket in _ = try socket.receiveAll() }
        let house = try House(workers: 1)
        let number = try house.open([origin.port], kind: .http)
        let socket = try house.connect(number)
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { house.server.inFlight(number) == 1 })
        house.server.close(number)
        #expect(try socket.receiveAll().isEmpty)
        #expect(eventually { house.server.departed == [number] })
        var outcomes: [String] = []
        house.server.rings[0].drain { records in
            for index in records.indices { outcomes.append(records[index].outcome.word) }
        }
        #expect(outcomes == ["drained"])
        #expect(house.counters.counts.inFlight == 0)
    }

    @Test("closed and opened again at once on its port, as often as anybody likes; its counts go on")
    func disableAndEnable() throws {
        let origin = try named("hi")
        let house = try House()
        var number = try house.open([origin.port])
        let port = house.port(number)
        for _ in 0..<100 {
            let socket = try house.connect(number)
            _ = try socket.receive(exactly: 2)
            house.server.close(number)
            #expect(throws: TestSocketError.refused) { try TestSocket.connect(port: port) }
            number = try house.open([origin.port], port: port)
            house.settle()
        }
        #expect(eventually { house.counters.counts.accepted == 100 && house.counters.counts.open == 0 })
    }

    @Test("another protocol on the same port: the listener is handed over, connections are cut")
    func protocols() throws {
        let origin = try TestOrigin.http { _ in ok("hello") }
        let house = try House()
        let number = try house.open([origin.port])
        let socket = try house.connect(number)
        #expect(eventually { house.server.openConnections == 1 })
        let other = try house.replace(number, [origin.port], kind: .http, cutting: true)
        #expect(try socket.receiveAll().isEmpty)
        let caller = try house.connect(other)
        try caller.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try TestReader(caller).message()?.bodyText == "hello")
    }

    @Test("a taken address is said as other programs say it, and leaves what was there")
    func taken() throws {
        let origin = try named("hi")
        let house = try House()
        let number = try house.open([origin.port])
        let error = #expect(throws: ListenError.self) { try house.open([origin.port], port: origin.port) }
        #expect(error?.plainText == "listen tcp 127.0.0.1:\(origin.port): bind: address already in use")
        #expect(throws: ListenError.self) { try house.replace(number, [origin.port], port: origin.port) }
        #expect(try house.connect(number).receive(exactly: 2) == Array("hi".utf8))
        let (service, _) = house.service([origin.port])
        let nowhere = WantedListener(
            service: 5, index: 0, address: .host("no-such-host.invalid", port: 1), endpoints: [0])
        let unknown = #expect(throws: ListenError.self) {
            try house.server.open(
                ServiceConfiguration(service, index: 5, zones: [], mark: false), listeners: [nowhere],
                counters: house.counters)
        }
        #expect(unknown?.plainText == "listen tcp: lookup no-such-host.invalid:1: no such host")
    }

    @Test("two thousand services that come and go leave no descriptor, and numbers are used again")
    func cycles() throws {
        let origin = try named("hi")
        let house = try House()
        let before = Self.descriptors
        var highest = 0
        for cycle in 0..<2_000 {
            let number = try house.open([origin.port])
            highest = max(highest, number)
            if cycle % 4 == 0 { _ = try house.connect(number).receive(exactly: 2) }
            house.server.close(number)
            house.settle()
        }
        #expect(
            eventually {
                house.settle()
                return house.server.freeNumber == 0 && house.server.openConnections == 0
            })
        // Numbers wait for the workers; a busy machine lets them wait longer, but not for ever.
        #expect(highest < 1_000)
        // Other tests of this process have descriptors of their own; a leak would be six for each cycle.
        #expect(eventually { Self.descriptors < before + 1_000 })
    }

    private static var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    @Test("a unix socket's file goes with its service, and comes back with it")
    func unixSocket() throws {
        let origin = try named("hi")
        let house = try House()
        let path = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString).sock").path
        let (service, _) = house.service([origin.port])
        for _ in 0..<3 {
            let number = try #require(house.server.freeNumber)
            let wanted = WantedListener(service: number, index: 0, address: .unix(path: path), endpoints: [0])
            try house.server.open(
                ServiceConfiguration(service, index: number, zones: [], mark: false), listeners: [wanted],
                counters: house.counters)
            #expect(FileManager.default.fileExists(atPath: path))
            house.server.close(number)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("a plan that does not know a service leaves it alone; one that does holds from its first connection on")
    func plans() throws {
        let origin = try named("hi")
        let house = try House()
        house.server.post(Plan(version: 1, services: [], phase: .max))
        let number = try house.open([origin.port])
        #expect(try house.connect(number).receive(exactly: 2) == Array("hi".utf8))
        let plan = Plan(version: 2, services: [], phase: .max)
        #expect(plan.service(7).isClear)
        #expect(plan.name(ofEntry: 3) == nil)
        let named = Plan(
            version: 3, services: [], phase: .max, entryNames: ["run"], handNames: [50_000: "by hand"])
        #expect(named.name(ofEntry: 0) == "run")
        #expect(named.name(ofEntry: 50_000) == "by hand")
    }
}
