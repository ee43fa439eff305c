// The workers as the control thread sees them: opened together, spoken to by letters, read through counters and rings.

import EventLoop
package import Observation
package import Units

/// What a worker is made from.
struct WorkerSetup: Sendable {
    let index: Int
    let services: [ServiceConfiguration]
    let limits: ProxyLimits
    let counters: WorkerCounters
    let ring: RecordRing
    let lease: Lease
    let fillerPorts: FillerPorts
    let mailbox: Mailbox<WorkerLetter>
    let bound: [BoundListener]
}

/// A socket bound for one worker.
struct BoundListener: Sendable {
    let configuration: ListenerConfiguration
    let socket: Socket
}

/// A running proxy.
package final class ProxyServer: Sendable {
    package let services: [ServiceConfiguration]
    package let listeners: [ListenerConfiguration]
    package let counters: [WorkerCounters]
    package let rings: [RecordRing]
    package let lease = Lease()
    private let mailboxes: [Mailbox<WorkerLetter>]
    private let threads: [LoopThread]

    /// Binds every listener (`wanted`, by service) and starts `workers` threads. Nothing is left open when it throws.
    package init(
        services: [ServiceConfiguration], listeners wanted: [WantedListener], workers: Int,
        limits: ProxyLimits = ProxyLimits()
    ) throws(ListenError) {
        let binding = try Binding(wanted, workers: workers)
        self.services = services
        listeners = binding.configurations
        let fillerPorts = FillerPorts()
        var setups: [WorkerSetup] = []
        do throws(SystemError) {
            for index in 0..<workers {
                setups.append(
                    WorkerSetup(
                        index: index, services: services, limits: limits,
                        counters: WorkerCounters(services: services.count), ring: RecordRing(capacity: limits.records),
                        lease: lease, fillerPorts: fillerPorts, mailbox: try Mailbox(), bound: binding.sockets[index]))
            }
            threads = try setups.map { setup throws(SystemError) in try Self.start(setup) }
        } catch {
            binding.close()
            throw ListenError(address: "", error: error)
        }
        counters = setups.map(\.counters)
        rings = setups.map(\.ring)
        mailboxes = setups.map(\.mailbox)
    }

    private static func start(_ setup: WorkerSetup) throws(SystemError) -> LoopThread {
        try LoopThread(name: "worker-\(setup.index)") {
            guard let loop = try? EventLoop() else { return }
            let worker = Worker(setup, loop: loop)
            guard let wakeUp = try? WakeUp(loop: loop, mailbox: setup.mailbox, reader: worker),
                (try? worker.open(setup.bound)) != nil
            else { return }
            loop.run()
            wakeUp.close()
            loop.close()
        }
    }

    /// All workers follow `plan` from their next turn on.
    package func post(_ plan: Plan) {
        for mailbox in mailboxes { mailbox.post(.plan(plan)) }
    }

    func post(_ letter: WorkerLetter) {
        for mailbox in mailboxes { mailbox.post(letter) }
    }

    /// Accepts no more and lets what is open finish.
    package func drain() {
        for mailbox in mailboxes { mailbox.post(.drain) }
    }

    /// Closes everything and waits for the threads.
    package func stop() {
        for mailbox in mailboxes { mailbox.post(.stop) }
        for thread in threads { thread.join() }
    }

    // MARK: Sums over workers

    package func openConnections(_ service: Int) -> Int { counters.reduce(0) { $0 + $1.services[service].open.value } }
    package func inFlight(_ service: Int) -> Int { counters.reduce(0) { $0 + $1.services[service].inFlight.value } }
    package func accepted(_ service: Int) -> Int { counters.reduce(0) { $0 + $1.services[service].accepted.value } }
    package func counts(_ service: Int) -> ServiceCounts {
        counters.reduce(into: ServiceCounts()) { $0.add($1.services[service]) }
    }
    package var openConnections: Int { services.indices.reduce(0) { $0 + openConnections($1) } }
    package var exhaustions: Int { counters.reduce(0) { $0 + $1.exhaustions.value } }
    package var heldBytes: Int { counters.reduce(0) { $0 + $1.heldBytes.value } }
    package var droppedRecords: UInt64 { rings.reduce(0) { $0 + $1.dropped } }
    package var blackHoleFallbacks: Int { counters.reduce(0) { $0 + $1.blackHoleFallbacks.value } }
    /// The latest lag of the slowest worker.
    package var loopLag: TimeSpan {
        .microseconds(Int64(counters.map { $0.loopLagMicroseconds.value }.max() ?? 0))
    }
    /// Whether every worker follows a plan of at least this version.
    package func follows(_ version: UInt64) -> Bool {
        counters.allSatisfy { $0.planVersion.value >= Int(truncatingIfNeeded: version) }
    }
}
