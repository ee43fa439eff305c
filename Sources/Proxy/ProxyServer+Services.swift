// Services that come, change and go while traffic flows: the control thread's half. See ServiceLetters.swift for what the
// workers do.
//
// The control thread keeps a descriptor of its own of every listening socket. So it can end listening by itself, at once:
// when a call here returns, connects are refused and the address may be bound again, whenever the workers get to it.

import EventLoop
import Scenario
import Synchronization
import Units

/// What all workers count for one service. It stays the same when the service gets another number.
package struct ServiceCounterSet: Sendable {
    let workers: [ServiceCounters]

    package init(workers: Int) {
        self.workers = (0..<workers).map { _ in ServiceCounters() }
    }

    /// As counted so far.
    package var counts: ServiceCounts { workers.reduce(into: ServiceCounts()) { $0.add($1) } }
}

/// One number as the control thread knows it.
struct ServicePlace: Sendable {
    /// A listening socket of all workers.
    struct OpenListener: Sendable {
        let wanted: NetworkAddress
        let configuration: ListenerConfiguration
        /// Descriptors of our own, one for each socket.
        let grips: [Socket]

        var index: Int { configuration.index }

        /// The same sockets, leading where `listener` wants.
        func serving(_ listener: WantedListener) -> OpenListener {
            OpenListener(
                wanted: listener.address, configuration: listener.bound(at: configuration.address), grips: grips)
        }

        func isAt(_ address: NetworkAddress) -> Bool {
            address == wanted || (try? Binding.resolve(address)) == configuration.address
        }

        /// Refuses from now on and gives the address away.
        func end() {
            for grip in grips {
                grip.stopListening()
                grip.close()
            }
            if case .unix(let path) = configuration.address.kind { SocketFile.remove(path) }
        }
    }

    let counters: ServiceCounterSet
    var listeners: [OpenListener]
    /// Set when it is closed.
    var departure: Departure?
}

extension [ServicePlace.OpenListener] {
    /// Which of these go on as one of `wanted`, being bound where that wants to be.
    func passedOn(to wanted: [WantedListener]) -> [(from: Element, to: Element)] {
        var rest = self
        return wanted.compactMap { wanted in
            guard let place = rest.firstIndex(where: { $0.isAt(wanted.address) }) else { return nil }
            let listener = rest.remove(at: place)
            return (listener, listener.serving(wanted))
        }
    }
}

extension ProxyServer {
    /// More numbers than this at once are refused.
    package static let mostServices = 4_096

    /// A number that no service has; nil: all are taken.
    package var freeNumber: Int? {
        places.withLock { places in
            let free = places.firstIndex { $0 == nil } ?? places.count
            return free < Self.mostServices ? free : nil
        }
    }

    /// Binds `wanted` and opens the number `configuration.index`, which must be free. Nothing is left open when it throws.
    package func open(
        _ configuration: ServiceConfiguration, listeners wanted: [WantedListener], counters: ServiceCounterSet
    ) throws(ListenError) {
        let binding = try Binding(wanted, workers: workerCount)
        post(configuration, counters, binding, [])
        keep(ServicePlace(counters: counters, listeners: binding.listeners), at: configuration.index)
    }

    /// Opens the number `configuration.index` in the place of `old`: listeners on the same address are handed over, others
    /// are closed and bound. `cutting`: sessions of `old` end at once, else when they do by themselves. When it throws,
    /// `old` is as it was.
    package func replace(
        _ old: Int, by configuration: ServiceConfiguration, listeners wanted: [WantedListener], cutting: Bool
    ) throws(ListenError) {
        guard let place = place(old) else { return }
        let passed = place.listeners.passedOn(to: wanted)
        let binding = try Binding(
            wanted.filter { wanted in !passed.contains { $0.to.index == wanted.index } }, workers: workerCount)
        let handovers = passed.map { passed in
            ServiceOpening.Handover(
                service: old, index: passed.from.configuration.index, configuration: passed.to.configuration)
        }
        post(configuration, place.counters, binding, handovers)
        for listener in place.listeners where !passed.contains(where: { $0.from.index == listener.index }) {
            listener.end()
        }
        let listeners = (passed.map(\.to) + binding.listeners).sorted { $0.index < $1.index }
        keep(ServicePlace(counters: place.counters, listeners: listeners), at: configuration.index)
        leave(old, cutting: cutting)
    }

    /// Refuses from now on; `cutting`: sessions end at once.
    package func close(_ number: Int, cutting: Bool = true) {
        guard let place = place(number) else { return }
        for listener in place.listeners { listener.end() }
        leave(number, cutting: cutting)
    }

    /// Ends the sessions of a number that was closed without.
    package func cut(_ number: Int) { post(.cut(number)) }

    /// Numbers that no worker uses any more. Drain the rings, then `release` them.
    package var departed: [Int] {
        places.withLock { places in places.indices.filter { places[$0]?.departure?.isOver == true } }
    }

    /// Gives numbers back that `departed` named.
    package func release(_ numbers: [Int]) {
        if numbers.isEmpty { return }
        places.withLock { places in
            for number in numbers { places[number] = nil }
            while let last = places.last, last == nil { places.removeLast() }
        }
    }

    /// Where each service listens, by number.
    package var listeners: [ListenerConfiguration] {
        places.withLock { $0.flatMap { $0?.listeners.map(\.configuration) ?? [] } }
    }

    /// Where `number` listens.
    package func listeners(of number: Int) -> [ListenerConfiguration] {
        place(number)?.listeners.map(\.configuration) ?? []
    }

    package func counts(_ number: Int) -> ServiceCounts { place(number)?.counters.counts ?? ServiceCounts() }
    package func openConnections(_ number: Int) -> Int { counts(number).open }
    package func accepted(_ number: Int) -> Int { counts(number).accepted }
    package func inFlight(_ number: Int) -> Int { counts(number).inFlight }

    /// The counters behind `counts`, to be given to `open` when the service comes back.
    package func counterSet(_ number: Int) -> ServiceCounterSet {
        place(number)?.counters ?? ServiceCounterSet(workers: workerCount)
    }

    /// Whether `number` listens where `wanted` says, and nowhere else.
    package func isBound(_ number: Int, exactly wanted: [WantedListener]) -> Bool {
        guard let open = place(number)?.listeners else { return false }
        return open.count == wanted.count && open.passedOn(to: wanted).count == wanted.count
    }

    // MARK: Places

    private func leave(_ number: Int, cutting: Bool) {
        let departure = Departure(workers: workerCount)
        places.withLock { places in
            places[number]?.listeners = []
            places[number]?.departure = departure
        }
        post(.close(ServiceClosing(number: number, departure: departure, isCutting: cutting)))
    }

    private func post(
        _ configuration: ServiceConfiguration, _ counters: ServiceCounterSet, _ binding: Binding,
        _ handovers: [ServiceOpening.Handover]
    ) {
        for worker in 0..<workerCount {
            let opening = ServiceOpening(
                configuration: configuration, counters: counters.workers[worker], bound: binding.sockets[worker],
                handovers: handovers)
            post(.open(opening), to: worker)
        }
    }

    func place(_ number: Int) -> ServicePlace? {
        places.withLock { places in places.indices.contains(number) ? places[number] : nil }
    }

    func keep(_ place: ServicePlace, at number: Int) {
        places.withLock { places in
            while places.count <= number { places.append(nil) }
            places[number] = place
        }
    }

    /// Refuses everywhere.
    func endListening() {
        let open = places.withLock { places in
            defer { for number in places.indices { places[number]?.listeners = [] } }
            return places.flatMap { $0?.listeners ?? [] }
        }
        for listener in open { listener.end() }
    }
}
