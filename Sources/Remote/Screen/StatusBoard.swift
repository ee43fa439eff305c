// What a status screen knows, folded from what the control plane says. Pure: answers and events in, a value out.
//
//      second (events)   rates, percentiles, injections a second, where the run stands: the history grows
//      status, faults    once a second beside it: time to live, what acts where, dark zones
//      run               when another one is played or another phase begins: its phases
//      happened          the last things that happened, in words

package import Control
import Foundation
package import Units

/// The state behind a status screen.
package struct StatusBoard: Sendable {
    /// One service with the last minutes of its figures.
    package struct ServiceBoard: Sendable {
        package var figures: SecondAnswer.ServiceFigures
        package var rates = FigureHistory()
        package var successes = FigureHistory()
        package var latencies = FigureHistory()
        package var isEnabled = true
    }

    package enum Link: Sendable, Hashable {
        case connecting
        case live
        case lost(String)
    }

    /// "127.0.0.1:8474".
    package let place: String
    package var link = Link.connecting
    package private(set) var status: StatusAnswer?
    /// How long the process has run, by its own clock.
    package private(set) var upTime: TimeSpan?
    package private(set) var services: [ServiceBoard] = []
    package private(set) var position: PositionAnswer?
    /// The run of `position`, or the last one that was played.
    package private(set) var run: RunAnswer?
    package private(set) var faults: [FaultAnswer] = []
    /// By fault.
    package private(set) var injectionsPerSecond: [String: Double] = [:]
    /// The latest last.
    package private(set) var happened: [String] = []

    private static let mostHappened = 50

    package init(place: String) {
        self.place = place
    }

    package var isLost: Bool { if case .lost = link { true } else { false } }

    package var darkZones: [String] { position?.darkZones ?? status?.darkZones ?? [] }

    package mutating func take(_ second: SecondAnswer) {
        settle(second.services, remembers: true)
        position = second.run
        injectionsPerSecond = Dictionary(second.injections.map { ($0.fault, $0.perSecond) }) { first, _ in first }
        if let status { upTime = TimeSpan(seconds: second.at.timeIntervalSince(status.startedAt)) }
    }

    package mutating func take(_ status: StatusAnswer) {
        self.status = status
        position = status.run
        if services.isEmpty { settle(status.services, remembers: false) }
    }

    /// `open`: with what is bound and what is not.
    package mutating func take(_ open: ServicesAnswer) {
        for service in open.services {
            guard let index = services.firstIndex(where: { $0.figures.name == service.name }) else { continue }
            services[index].isEnabled = service.enabled
        }
    }

    package mutating func take(_ faults: FaultsAnswer) { self.faults = faults.faults }

    package mutating func take(_ run: RunAnswer?) { self.run = run }

    package mutating func note(_ text: String) {
        happened.append(text)
        if happened.count > Self.mostHappened { happened.removeFirst() }
    }

    private mutating func settle(_ figures: [SecondAnswer.ServiceFigures], remembers: Bool) {
        services = figures.map { figures in
            var board = services.first { $0.figures.name == figures.name } ?? ServiceBoard(figures: figures)
            board.figures = figures
            guard remembers else { return board }
            board.rates.add(figures.ratePerSecond)
            board.successes.add(figures.success)
            board.latencies.add(figures.p99)
            return board
        }
    }
}
