// How services come and go on a worker. A number is one configuration of a service and never changes: a service that is
// configured anew gets another number, takes the listeners over, and the old number is left as soon as its sessions have
// ended. So rules, records and endpoints of an open session mean what they meant when it began.
//
//      open    a number, with listeners that were bound for it, or that another number hands over
//      close   its listeners go; its sessions go at once (cutting), or when they end by themselves
//      cut     sessions of a number that is being left go now
//
// When a worker has no session of a closed number any more it departs from it; when all have, and the rings are drained,
// the number is free for another service.

import EventLoop
import Synchronization

/// A number that begins.
struct ServiceOpening: Sendable {
    /// A listener of another number that leads to this one from now on.
    struct Handover: Sendable {
        let service: Int
        let index: Int
        let configuration: ListenerConfiguration
    }

    let configuration: ServiceConfiguration
    let counters: ServiceCounters
    var bound: [BoundListener] = []
    var handovers: [Handover] = []
}

/// A number that ends.
struct ServiceClosing: Sendable {
    let number: Int
    let departure: Departure
    /// Its sessions end now.
    let isCutting: Bool
}

/// Counts the workers that still use a closed number. What a worker wrote before it departed is seen by whoever sees that
/// all have departed.
final class Departure: Sendable {
    private let remaining: Atomic<Int>

    init(workers: Int) {
        remaining = Atomic(workers)
    }

    func depart() { remaining.subtract(1, ordering: .releasing) }

    var isOver: Bool { remaining.load(ordering: .acquiring) == 0 }
}

extension Worker {
    func take(_ opening: ServiceOpening) {
        guard !isDraining else { return opening.bound.forEach { $0.socket.close() } }
        let number = opening.configuration.index
        while services.count <= number { services.append(nil) }
        let service = ServiceRuntime(opening.configuration, counters: opening.counters)
        services[number] = service
        // The plan may know the number already: so its rules hold from the first connection on.
        follow(plan.service(number), service)
        for handover in opening.handovers { take(handover) }
        for bound in opening.bound { listen(bound) }
    }

    private func take(_ handover: ServiceOpening.Handover) {
        let listener = listeners.first {
            $0.configuration.service == handover.service && $0.configuration.index == handover.index
        }
        listener?.lead(handover.configuration)
    }

    func take(_ closing: ServiceClosing) {
        guard let service = runtime(closing.number) else { return closing.departure.depart() }
        service.departure = closing.departure
        stopListening(for: closing.number)
        if closing.isCutting { cut(closing.number) }
        departIfUnused(service)
    }

    /// Ends every session of `number` at once.
    func cut(_ number: Int) {
        guard let service = runtime(number), service.openSessions > 0 else { return }
        for session in sessions where session?.service === service { session?.cut() }
    }

    /// The last session of a number that is being left has ended.
    func departIfUnused(_ service: ServiceRuntime) {
        guard service.openSessions == 0, let departure = service.departure else { return }
        service.departure = nil
        services[service.index] = nil
        departure.depart()
    }

    func runtime(_ number: Int) -> ServiceRuntime? { services.indices.contains(number) ? services[number] : nil }
}
