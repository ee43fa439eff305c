// The workers as the control thread sees them: opened together, spoken to by letters, read through counters and rings.

import EventLoop
package import Observation
import Synchronization
package import Units

/// What a worker is made from.
struct WorkerSetup: Sendable {
    let index: Int
    let openings: [ServiceOpening]
    let limits: ProxyLimits
    let counters = WorkerCounters()
    let ring: RecordRing
    let lease: Lease
    let fillerPorts: FillerPorts
    let room: CallerRoom
    let mailbox: Mailbox<WorkerLetter>
    /// Of all workers, this one included.
    let peers: [Mailbox<WorkerLetter>]
}

/// A socket bound for one worker.
struct BoundListener: Sendable {
    let configuration: ListenerConfiguration
    let socket: Socket
}

/// A running proxy. Services come and go in ProxyServer+Services.
package final class ProxyServer: Sendable {
    package let counters: [WorkerCounters]
    package let rings: [RecordRing]
    package let lease = Lease()
    /// By number.
    let places: Lock<[ServicePlace?]>
    private let mailboxes: [Mailbox<WorkerLetter>]
    private let threads: [LoopThread]

    /// Binds every listener (`wanted`, by service) and starts `workers` threads. Nothing is left open when it throws.
    package init(
        services: [ServiceConfiguration], listeners wanted: [WantedListener], workers: Int,
        limits: ProxyLimits = ProxyLimits()
    ) throws(ListenError) {
        let binding = try Binding(wanted, workers: workers)
        let counters = services.map { _ in ServiceCounterSet(workers: workers) }
        let fillerPorts = FillerPorts()
        let room = limits.callers.map { CallerRoom(most: $0) } ?? CallerRoom()
        var setups: [WorkerSetup] = []
        do throws(SystemError) {
            let peers = try (0..<workers).map { _ throws(SystemError) in try Mailbox<WorkerLetter>() }
            for worker in 0..<workers {
                setups.append(
                    WorkerSetup(
                        index: worker, openings: binding.openings(services, counters, worker: worker), limits: limits,
                        ring: RecordRing(capacity: limits.records), lease: lease, fillerPorts: fillerPorts,
                        room: room, mailbox: peers[worker], peers: peers))
            }
            threads = try setups.map { setup throws(SystemError) in try Self.start(setup) }
        } catch {
            binding.close()
            throw ListenError(address: "", error: error)
        }
        self.counters = setups.map(\.counters)
        rings = setups.map(\.ring)
        mailboxes = setups.map(\.mailbox)
        places = Lock(
            zip(services, counters).map { service, counters in
                let listeners = binding.listeners.filter { $0.configuration.service == service.index }
                return ServicePlace(counters: counters, listeners: listeners)
            })
    }

    private static func start(_ setup: WorkerSetup) throws(SystemError) -> LoopThread {
        try LoopThread(name: "worker-\(setup.index)") {
            guard let loop = try? EventLoop() else { return }
            let worker = Worker(setup, loop: loop)
            guard let wakeUp = try? WakeUp(loop: loop, mailbox: setup.mailbox, reader: worker) else { return }
            worker.open(setup.openings)
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

    func post(_ letter: WorkerLetter, to worker: Int) { mailboxes[worker].post(letter) }

    var workerCount: Int { counters.count }

    /// Accepts no more and lets what is open finish.
    package func drain() {
        endListening()
        post(.drain)
    }

    /// Closes everything and waits for the threads.
    package func stop() {
        endListening()
        post(.stop)
        for thread in threads { thread.join() }
    }

    // MARK: Sums over workers

    package var openConnections: Int { counters.reduce(0) { $0 + $1.openConnections.value } }
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
