// What entries did: counters by name and phase, delays, statuses, and the metric `injected`.

import Scenario
import Testing
import Units

@testable import Observation

@Suite("Counting injections")
struct InjectionTests {
    private func injected(_ name: String, _ view: some ConditionSource, over window: TimeSpan? = nil) -> Double? {
        view.measure(.injected(name), window: window, connections: nil)?.value
    }

    @Test("entries of one name share counters; each phase gets what was counted while it was live")
    func sharedName() {
        let store = World.store()
        let counts = { (number: UInt64) in
            [
                InjectionCounts(met: number * 2, injected: number), .init(),
                InjectionCounts(met: number * 2, injected: number),
            ]
        }
        store.phaseBegan(1)
        store.note(counts(40))
        store.advance(to: second(10))
        store.phaseEnded(1)
        store.note(counts(42))
        store.phaseBegan(2)
        store.note(counts(50))
        #expect(injected("slow", store) == 50)
        #expect(injected("slow", store.view(of: .phase(1))) == 42)
        #expect(injected("slow", store.view(of: .phase(2))) == 8)
        #expect(injected("storm", store) == 42)
        #expect(injected("storm/2", store) == 0)
        let entries = store.takeRest().injections
        #expect(entries.map(\.entry) == [0, 2])
        #expect(entries.map(\.counts.met) == [84, 16])
    }

    @Test("with a window only what came in it counts")
    func window() {
        let store = World.store()
        store.phaseBegan(1)
        for tick in 0..<30 {
            store.advance(to: second(Double(tick)))
            store.note([InjectionCounts(met: 0, injected: UInt64(tick) * 10)])
        }
        #expect(injected("slow", store, over: .seconds(10)) == 110)
        #expect(injected("slow", store) == 290)
    }

    @Test("delays belong to the entry that asked for them, answers to the one that gave them")
    func delaysAndAnswers() {
        let store = World.store()
        var late = AttemptRecord.exchange(status: 503, outcome: .injectedAnswer).delayed(
            .milliseconds(900), by: 1, achieved: .milliseconds(901))
        late.delayEntry = 0
        store.consume(late)
        var released = late
        released.flags.remove(.delayMeasured)
        store.consume(released)
        let injections = store.takeRest().injections
        #expect(injections.map(\.entry) == [0, 1])
        #expect(injections[0].asked.count == 1)
        #expect(injections[0].achieved.longest == 901_000_000)
        #expect(injections[1].statuses.map(\.count) == [2])
    }

    @Test("a delay that the exchange did not live to see is told apart, an early one is not excused")
    func cutShort() {
        let store = World.store()
        let delayed = AttemptRecord.exchange(outcome: .callerGaveUp).delayed(.seconds(8), achieved: .zero)
        store.consume(3, delayed)
        store.consume(2, AttemptRecord.exchange().delayed(.milliseconds(10), achieved: .milliseconds(9)))
        store.consume(1, AttemptRecord.exchange(outcome: .callerReset).delayed(.milliseconds(10)))
        let tally = EntryTally(store.takeRest().injections[0])
        #expect(tally.cutShort.count == 3)
        #expect(tally.asked.count == 3)
        #expect(tally.achieved.quantile(0)?.milliseconds ?? 0 < 9.1)
        #expect(tally.drawn.count == 6)
    }

    @Test("entries given by hand come after those of the file, and are always in force")
    func byHand() {
        let store = World.store()
        let number = store.place(World.rule("by hand"))
        #expect(number == 4)
        var counts = InjectionCounts()
        counts.injected = 3
        store.note(counts, ofRule: number)
        #expect(injected("by hand", store) == 3)
    }
}
