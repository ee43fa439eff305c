@testable import Faults
import Testing
import Units

@Suite("The queue of a capacity, in virtual time")
struct ServiceQueueTests {
    private func terms(_ servers: Int, _ places: Int, _ order: ServiceQueue.Order = .fifo) -> ServiceQueue.Terms {
        ServiceQueue.Terms(servers: servers, places: places, order: order, service: Distribution(.fixed(1)))
    }

    /// Ten seconds of work that arrive at `at`; the number given to it.
    private func arrive(
        _ queue: inout ServiceQueue, at seconds: Double, _ terms: ServiceQueue.Terms, owner: UInt64 = 7
    ) -> UInt64? {
        var terms = terms
        terms.service = Distribution(.fixed(10))
        switch queue.arrive(owner: owner, draw: 0.5, now: .at(seconds), terms: terms) {
        case .begins(let id, _), .waits(let id): return id
        case .full: return nil
        }
    }

    @Test("a free server begins at once, then places fill, then it is full")
    func fills() {
        var queue = ServiceQueue()
        #expect(
            queue.arrive(owner: 1, draw: 0.5, now: .at(0), terms: terms(1, 1))
                == .begins(id: 1, ends: .at(1)))
        #expect(queue.arrive(owner: 2, draw: 0.5, now: .at(0), terms: terms(1, 1)) == .waits(id: 2))
        #expect(queue.arrive(owner: 3, draw: 0.5, now: .at(0), terms: terms(1, 1)) == .full)
        #expect(queue.nextTurn == .at(1))
        #expect(
            queue.arrive(owner: 4, draw: 0.5, now: .at(1), terms: terms(1, 1)) == .waits(id: 3),
            "the one that waited has the server by then")
    }

    @Test("turns come at the instants at which servers end, however late somebody looks")
    func exact() {
        var queue = ServiceQueue()
        for owner in 0..<4 {
            _ = queue.arrive(owner: UInt64(owner), draw: 0.5, now: .at(0), terms: terms(1, 9))
        }
        queue.advance(to: .at(100))
        let grants = queue.takeGrants()
        #expect(grants.map(\.owner) == [1, 2, 3])
        #expect(grants.map(\.begins) == [.at(1), .at(2), .at(3)])
        #expect(grants.map(\.ends) == [.at(2), .at(3), .at(4)])
        #expect(queue.takeGrants().isEmpty && queue.busyServers == 0 && queue.nextTurn == .distantFuture)
    }

    @Test("lifo serves the last that came")
    func lifo() {
        var queue = ServiceQueue()
        for owner in 0..<4 {
            _ = queue.arrive(owner: UInt64(owner), draw: 0.5, now: .at(0), terms: terms(1, 9, .lifo))
        }
        queue.advance(to: .at(100))
        #expect(queue.takeGrants().map(\.owner) == [3, 2, 1])
    }

    @Test("who leaves gives its server or its place to the next", arguments: [ServiceQueue.Order.fifo, .lifo])
    func leaves(order: ServiceQueue.Order) throws {
        var queue = ServiceQueue()
        let terms = terms(1, 2, order)
        let first = try #require(arrive(&queue, at: 0, terms, owner: 1))
        let second = try #require(arrive(&queue, at: 0, terms, owner: 2))
        let third = try #require(arrive(&queue, at: 0, terms, owner: 3))
        #expect(arrive(&queue, at: 0, terms) == nil)
        queue.leave(second, now: .at(1))
        #expect(queue.waiting == 1)
        #expect(arrive(&queue, at: 1, terms, owner: 4) != nil)
        queue.leave(first, now: .at(2))
        #expect(queue.takeGrants().map(\.owner) == [order == .fifo ? 3 : 4])
        queue.leave(first, now: .at(3))
        queue.leave(99, now: .at(3))
        #expect(
            queue.busyServers == 1 && queue.waiting == 1, "leaving twice, or without having been there, does nothing")
        _ = third
    }

    @Test("more servers serve those who wait at once, fewer finish what they have")
    func servers() {
        var queue = ServiceQueue()
        for owner in 0..<5 { _ = arrive(&queue, at: 0, terms(1, 9), owner: UInt64(owner)) }
        _ = arrive(&queue, at: 1, terms(3, 9), owner: 5)
        #expect(queue.takeGrants().map(\.begins) == [.at(1), .at(1)])
        #expect(queue.busyServers == 3 && queue.waiting == 3)
        _ = arrive(&queue, at: 2, terms(1, 9), owner: 6)
        queue.advance(to: .at(10))
        #expect(queue.busyServers == 2, "the first has ended, and nobody takes its server")
        queue.advance(to: .at(11))
        #expect(queue.busyServers == 1 && queue.waiting == 3)
    }

    @Test("when it opens nobody works and nobody waits")
    func opens() {
        var queue = ServiceQueue()
        for _ in 0..<5 { _ = arrive(&queue, at: 0, terms(1, 9)) }
        queue.open()
        #expect(queue.busyServers == 0 && queue.waiting == 0 && queue.takeGrants().isEmpty)
        #expect(arrive(&queue, at: 1, terms(1, 0)) != nil)
    }

    @Test("a line of which most have left is closed up: every order, and no memory of the gone")
    func crowd() {
        for order in [ServiceQueue.Order.fifo, .lifo] {
            var line = WaitingLine()
            for id in 1...10_000 { line.append(WaitingLine.Item(owner: 0, id: UInt64(id), draw: 0.5)) }
            for id in 1...10_000 where id % 100 != 0 { line.remove(UInt64(id)) }
            #expect(line.count == 100)
            var served: [UInt64] = []
            while let item = line.next(order) { served.append(item.id) }
            let expected = (1...100).map { UInt64($0 * 100) }
            #expect(served == (order == .fifo ? expected : expected.reversed()))
        }
    }

    @Test("work that waits is as long as the dependency takes when it begins, at its own place in the distribution")
    func changes() {
        var queue = ServiceQueue()
        var terms = terms(1, 9)
        terms.service = Distribution(.uniform(least: 0, most: 100))
        for draw in [0.1, 0.5, 0.9] { _ = queue.arrive(owner: 0, draw: draw, now: .at(0), terms: terms) }
        terms.service = Distribution(.uniform(least: 0, most: 10))
        _ = queue.arrive(owner: 0, draw: 0.2, now: .at(1), terms: terms)
        queue.advance(to: .at(100))
        #expect(queue.takeGrants().map { $0.ends - $0.begins } == [.seconds(5), .seconds(9), .seconds(2)])
    }

    @Test("no service is longer than a day")
    func longest() {
        var queue = ServiceQueue()
        var terms = terms(1, 1)
        terms.service = Distribution(.pareto(scale: 1e9, shape: 0.01))
        #expect(
            queue.arrive(owner: 0, draw: 0.999, now: .at(0), terms: terms) == .begins(id: 1, ends: .at(86_400)))
    }
}
