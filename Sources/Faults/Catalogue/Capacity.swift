// capacity: the dependency as a queue, so that latency comes from load: retries hurt, and a metastable failure can be
// re-enacted. An exchange waits for a server and occupies it for a service time: drawn by its ordinal, from the distribution that is in force
// when its service begins. Then it goes to the dependency, whose own time comes on top (docs/decisions/capacity-stands-before-the-dependency.md). The queue belongs
// to the entry's name and the service, and all workers share it. Requests on new, open and idle connections stand in the
// same line. When the fault ends everything queued starts; in a later phase with an entry of the same name it goes on.

package import Scenario
import Units

/// `capacity: {servers, service_time, queue: 0, order: fifo / lifo, full: 503 / refuse / hang, abandoned: keep / drop}`.
package struct Capacity: Sendable {
    package static let declaration = FaultDeclaration(
        name: "capacity", levels: [.exchange],
        summary: "The dependency as a queue: latency comes from load.",
        attributes: [
            AttributeDeclaration(
                name: "servers", shape: .integer, isRequired: true, range: 1...100_000, mayMove: true,
                help: "how many requests are worked on at a time"),
            AttributeDeclaration(
                name: "service_time", shape: .form(LatencyForm.times, shorthand: "fixed"), isRequired: true,
                mayMove: true, help: "how long a request occupies its server: any form of latency"),
            AttributeDeclaration(
                name: "queue", shape: .integer, defaultText: "0", range: 0...1_000_000, mayMove: true,
                help: "places for those that wait for a server"),
            AttributeDeclaration(
                name: "order", shape: .word(["fifo", "lifo"]), defaultText: "fifo",
                help: "who of them is next: the first that came, or the last"),
            AttributeDeclaration(
                name: "full", shape: .either(["refuse", "hang"], .integer), defaultText: "503", range: 400...599,
                help: "what happens without a place: a status, refuse (RST), or hang"),
            AttributeDeclaration(
                name: "abandoned", shape: .word(["keep", "drop"]), defaultText: "keep",
                help: "whether work whose caller left still occupies its server or its place"),
        ],
        actsBeforeResponse: { _ in true }, validate: problems)

    private enum Full: Sendable {
        case answer(Answer)
        case refuse, hang
    }

    package let servers: Magnitude
    package let serviceTime: MovingDistribution
    package let places: Magnitude
    let queue: CapacityQueue
    private let order: ServiceQueue.Order
    private let full: Full
    private let isDropped: Bool

    init(_ value: FaultValue, _ setting: FaultSetting) {
        servers = value.magnitude("servers") ?? Magnitude(1)
        serviceTime = MovingDistribution(LatencyForm.form(Self.time(value)))
        places = value.magnitude("queue") ?? Magnitude(0)
        order = value.word("order") ?? .fifo
        isDropped = value["abandoned"]?.word == "drop"
        queue = setting.state.queue(service: setting.service.name)
        full =
            switch value["full"]?.word {
            case "refuse": .refuse
            case "hang": .hang
            default:
                .answer(
                    Answer(
                        status: Int(wholeCount(value.moving("full")?.bounds.lowerBound ?? 503)), fields: [], body: [],
                        executed: false))
            }
    }

    /// Takes a server or a place for the exchange, or ends it.
    func act(on plan: inout ExchangePlan, _ moment: Moment, place: Int) {
        let terms = ServiceQueue.Terms(
            servers: max(Int(wholeCount(moment.value(servers).rounded())), 1),
            places: Int(wholeCount(moment.value(places).rounded())), order: order,
            service: serviceTime.frozen(at: moment.clock.elapsed(moment.now), of: moment.clock.length))
        let draw = moment.dice.unit(moment.ordinal, lane: Lane.magnitude)
        let arrival = queue.arrive(owner: moment.owner, draw: draw, now: moment.now, terms: terms)
        func hold(_ id: UInt64, ends: Instant?) {
            plan.queuePlace = QueuePlace(
                queue: queue, id: id, arrived: moment.now, ends: ends, isDropped: isDropped, place: place)
        }
        switch arrival {
        case .begins(let id, let ends):
            hold(id, ends: ends)
            plan.fired[place].asked += ends - moment.now
        case .waits(let id): hold(id, ends: nil)
        case .full: turnAway(&plan, moment)
        }
    }

    private func turnAway(_ plan: inout ExchangePlan, _ moment: Moment) {
        switch full {
        case .answer(let answer): plan.refuse(.answer(answer), moment)
        case .refuse: plan.refuse(.reset, moment)
        case .hang: plan.refuse(.hang(HangOrder(place: .connect, afterBytes: 0, length: nil)), moment)
        }
    }

    private static func time(_ value: FaultValue) -> FaultValue {
        FaultValue(name: "service_time", attributes: value.group("service_time") ?? [:])
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        let time = time(value)
        if time.attributes.isEmpty {
            return [
                FaultProblem(attribute: "service_time", message: "service_time says how long: 20ms, or a distribution")
            ]
        }
        return LatencyForm.problems(time).map {
            FaultProblem(attribute: "service_time", message: "service_time: \($0.message)")
        }
    }
}

extension ExchangePlan {
    /// A gate before everything else has the exchange: whatever fires after it is shadowed.
    mutating func refuse(_ terminal: Terminal, _ moment: Moment) {
        end(terminal, moment)
        isRefused = true
    }
}
