// The one file that knows every fault: the registry and the closed enum over it. A fault's data, decoding and behaviour
// are together in its own file under Catalogue/; here stands one line each to list it, name it, decode it and ask it.
// A fault answers with entries in a plan; it never acts itself.

package import Scenario
import Units

extension Catalogue {
    /// Every fault of this version, in the order of the documentation.
    package static let standard = Catalogue(faults: [
        Latency.declaration, ErrorFault.declaration, LoseResponse.declaration, Hang.declaration, Truncate.declaration,
        Dribble.declaration, Bandwidth.declaration, Reset.declaration, Refuse.declaration, Blackhole.declaration,
        Blackout.declaration, Throttle.declaration, Capacity.declaration, Malform.declaration, Rewrite.declaration,
        Duplicate.declaration, Slice.declaration, ByteLimit.declaration, Corrupt.declaration, Loss.declaration,
        SlowClose.declaration, HalfOpen.declaration, Lifetime.declaration, Partition.declaration,
    ])
}

/// A fault with its parameters, compiled for one service.
package enum Fault: Sendable {
    case latency(Latency)
    case error(ErrorFault)
    case loseResponse(LoseResponse)
    case hang(Hang)
    case truncate(Truncate)
    case dribble(Dribble)
    case bandwidth(Bandwidth)
    case reset(Reset)
    case refuse(Refuse)
    case blackhole(Blackhole)
    case blackout(Blackout)
    case throttle(Throttle)
    case capacity(Capacity)
    case malform(Malform)
    case rewrite(Rewrite)
    case duplicate(Duplicate)
    case slice(Slice)
    case limit(ByteLimit)
    case corrupt(Corrupt)
    case loss(Loss)
    case slowClose(SlowClose)
    case halfOpen(HalfOpen)
    case lifetime(Lifetime)
    case partition(Partition)

    /// Decodes `value`; nil when no fault of this version has its name.
    init?(_ value: FaultValue, _ setting: FaultSetting) {
        switch value.name {
        case "latency": self = .latency(Latency(value, setting))
        case "error": self = .error(ErrorFault(value, setting))
        case "lose_response": self = .loseResponse(LoseResponse(value))
        case "hang": self = .hang(Hang(value))
        case "truncate": self = .truncate(Truncate(value))
        case "dribble": self = .dribble(Dribble(value, setting))
        case "bandwidth": self = .bandwidth(Bandwidth(value, setting))
        case "reset": self = .reset(Reset(value))
        case "refuse": self = .refuse(Refuse())
        case "blackhole": self = .blackhole(Blackhole())
        case "blackout": self = .blackout(Blackout(value))
        case "throttle": self = .throttle(Throttle(value, setting))
        case "capacity": self = .capacity(Capacity(value, setting))
        case "malform": self = .malform(Malform(value))
        case "rewrite": self = .rewrite(Rewrite(value, setting))
        case "duplicate": self = .duplicate(Duplicate(value))
        case "slice": self = .slice(Slice(value))
        case "limit": self = .limit(ByteLimit(value))
        case "corrupt": self = .corrupt(Corrupt(value))
        case "loss": self = .loss(Loss(value))
        case "slow_close": self = .slowClose(SlowClose(value))
        case "half_open": self = .halfOpen(HalfOpen())
        case "lifetime": self = .lifetime(Lifetime(value))
        case "partition": self = .partition(Partition())
        default: return nil
        }
    }

    /// Where it stands in the order of things on one exchange: gates come before everything else, changes of what came
    /// back after whatever may end the exchange. Within a rank the order of the file holds.
    var rank: Int {
        switch self {
        case .blackout: 0
        case .throttle: 1
        case .capacity: 2
        case .rewrite, .duplicate: 4
        default: 3
        }
    }

    /// Whether it can bite at this point of its stretch: false in the quiet times of a burst.
    func isActive(at elapsed: TimeSpan) -> Bool {
        if case .error(let error) = self { error.isActive(at: elapsed) } else { true }
    }

    /// Writes what happens to an exchange; `place` is the entry's in `plan.fired`.
    func act(on plan: inout ExchangePlan, _ moment: Moment, place: Int) {
        switch self {
        case .latency(let latency): latency.act(on: &plan, moment, place: place)
        case .error(let error): plan.end(.answer(error.answer(moment)), moment)
        case .loseResponse(let lose): plan.end(.loseResponse(lose.ending), moment)
        case .hang(let hang): plan.end(.hang(hang.order(moment)), moment)
        case .truncate(let truncate): plan.end(.truncate(truncate.order(moment)), moment)
        case .dribble, .bandwidth, .slice, .limit, .corrupt, .loss, .slowClose: act(on: &plan.streams, moment)
        case .blackout(let blackout):
            plan.blackout = plan.blackout ?? BlackoutOrder(entry: moment.entry, blackout: blackout)
        case .throttle(let throttle): plan.refuse(.answer(throttle.answer), moment)
        case .capacity(let capacity): capacity.act(on: &plan, moment, place: place)
        case .malform(let malform): plan.end(.malform(malform.part), moment)
        case .rewrite(let rewrite): plan.rewrites.append(rewrite.order)
        case .duplicate(let duplicate): plan.duplicate(duplicate, moment)
        case .partition:
            plan.blackout = plan.blackout ?? BlackoutOrder(entry: moment.entry, blackout: Partition.blackout)
        // Of connections and listeners: Chain never asks them here.
        case .reset, .refuse, .blackhole, .halfOpen, .lifetime: break
        }
    }

    /// Writes what happens to a connection.
    func act(on plan: inout ConnectionPlan, _ moment: Moment, _ connection: ConnectionFacts) {
        switch self {
        case .latency(let latency): plan.streams.add(.delay(latency.line(moment)), moment)
        case .hang(let hang): plan.hang(hang.order(moment), moment)
        case .dribble, .bandwidth, .slice, .limit, .corrupt, .loss, .slowClose: act(on: &plan.streams, moment)
        case .reset(let reset): plan.reset = ResetOrder.earlier(plan.reset, reset.order(moment, connection))
        case .blackout(let blackout):
            plan.blackout = plan.blackout ?? BlackoutOrder(entry: moment.entry, blackout: blackout)
        case .partition:
            plan.blackout = plan.blackout ?? BlackoutOrder(entry: moment.entry, blackout: Partition.blackout)
        case .halfOpen: plan.isHalfOpen = true
        case .lifetime(let lifetime):
            plan.lifetime = LifetimeOrder.earlier(plan.lifetime, lifetime.order(moment, connection))
        case .error, .loseResponse, .truncate, .refuse, .blackhole, .throttle, .capacity, .malform, .rewrite,
            .duplicate:
            break  // of exchanges and listeners
        }
    }

    /// Writes what happens to the bytes of a direction, for the faults of streams.
    private func act(on streams: inout Streams, _ moment: Moment) {
        switch self {
        case .dribble(let dribble): streams.add(.pace(dribble.pace), moment)
        case .bandwidth(let bandwidth): streams.add(.pace(bandwidth.pace), moment)
        case .slice(let slice): streams.add(.slice(slice.line(moment)), moment)
        case .limit(let limit): streams.add(.limit(limit.order(moment)), moment)
        case .corrupt(let corrupt): streams.add(.corrupt(corrupt.line(moment)), moment)
        case .loss(let loss): streams.add(.loss(loss.line(moment)), moment)
        case .slowClose(let slowClose): streams.add(.slowClose(slowClose.order(moment)), moment)
        case .latency, .error, .loseResponse, .hang, .truncate, .reset, .refuse, .blackhole, .blackout, .throttle,
            .capacity, .malform, .rewrite, .duplicate, .halfOpen, .lifetime, .partition:
            break
        }
    }
}

/// What a fault may use when it is compiled.
struct FaultSetting {
    let index: UInt16
    let service: Service
    let state: EntryState
    let dice: Dice
    let clock: RuleClock
    /// For `latency: to`; the file's own goes first.
    let baseline: Baseline?
    let direction: FaultEntry.Direction
}

/// When and for whom a fault is asked.
struct Moment {
    let now: Instant
    let entry: UInt16
    let edition: UInt32
    let ordinal: UInt64
    let dice: Dice
    let clock: RuleClock
    let direction: FaultEntry.Direction
    let state: EntryState
    /// Of the exchange, for grants of a queue.
    let owner: UInt64

    func value(_ magnitude: Magnitude) -> Double { magnitude.value(clock, now: now) }
}
