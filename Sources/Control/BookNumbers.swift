// What the proxy's numbers mean in the books of one run. In the proxy a number is one configuration of a service, or one
// rule by hand, and is given to another when nobody uses it any more; in the books a number is a name and stays.
//
//      record (proxy's numbers) ─► translated ─► store, access log
//      entries of the run have the same numbers in both

import Faults
import Observation
import Proxy
import Scenario

/// Translates records, and keeps the books' names up to date with the desk.
struct BookNumbers {
    private struct ServiceNumber {
        let service: UInt16
        let name: String
        let endpoints: [UInt16]

        func isIdentity(_ number: Int) -> Bool {
            service == number && endpoints.enumerated().allSatisfy { $0 == $1 }
        }
    }

    private struct RuleNumber {
        let book: Int
        let revision: Int
        let state: EntryState
        var counted = InjectionCounts()
        /// Times that it was looked at since it was removed: workers count a little longer.
        var looksSinceGone = 0
    }

    /// By the proxy's number.
    private var services: [ServiceNumber?] = []
    private var rules: [UInt16: RuleNumber] = [:]
    private var revision = -1
    /// The same in both, as in every run without changes by hand: nothing to translate.
    private(set) var areTheBooks = false

    // MARK: Following

    /// Takes in what came and went since the last call; answers the books' numbers of services that are gone.
    mutating func follow(_ desk: PlanDesk, _ store: MetricStore) -> [Int] {
        followRules(desk.rules, store)
        defer { areTheBooks = rules.isEmpty && services.enumerated().allSatisfy { $1?.isIdentity($0) ?? true } }
        guard desk.services.revision != revision else { return [] }
        revision = desk.services.revision
        return followServices(desk.services, store)
    }

    private mutating func followServices(_ set: ServiceSet, _ store: MetricStore) -> [Int] {
        let before = services
        services = set.places.enumerated().map { number, place in
            guard let place else { return nil }
            let known = before.indices.contains(number) ? before[number] : nil
            return place.isLeaving ? known : Self.place(place.service, store)
        }
        let names = Set(services.compactMap { $0?.name })
        let gone = Set(before.compactMap { $0 }.filter { !names.contains($0.name) }.map { Int($0.service) })
        for number in gone { store.serviceIsGone(number) }
        return gone.sorted()
    }

    private static func place(_ service: Service, _ store: MetricStore) -> ServiceNumber {
        let (number, endpoints) = store.place(service)
        return ServiceNumber(
            service: UInt16(clamping: number), name: service.name, endpoints: endpoints.map { UInt16(clamping: $0) })
    }

    private mutating func followRules(_ hand: HandRules, _ store: MetricStore) {
        if !rules.isEmpty { forgetRules(hand, store) }
        for rule in hand.rules {
            let number = UInt16(clamping: rule.number)
            if rules[number]?.state !== rule.state {
                // What it counted before is in the books of an earlier run.
                rules[number] = RuleNumber(
                    book: store.place(rule.entry), revision: rule.revision, state: rule.state,
                    counted: InjectionCounts(rule.state.counts))
            } else if let known = rules[number], known.revision != rule.revision {
                rules[number] = RuleNumber(
                    book: store.place(rule.entry), revision: rule.revision, state: rule.state, counted: known.counted)
            }
            count(number, store)
        }
    }

    private mutating func forgetRules(_ hand: HandRules, _ store: MetricStore) {
        let given = Set(hand.rules.map(\.number))
        for (number, rule) in rules where !given.contains(Int(number)) {
            count(number, store)
            rules[number]?.looksSinceGone = rule.looksSinceGone + 1
        }
        let gone = rules.filter { $0.value.looksSinceGone > Self.patience }
        guard gone.count > Self.mostGone else { return }
        let oldestFirst = gone.sorted { $0.value.looksSinceGone > $1.value.looksSinceGone }
        for (number, rule) in oldestFirst.prefix(gone.count - Self.mostGone) {
            rules[number] = nil
            if !rules.values.contains(where: { $0.book == rule.book }) { store.ruleIsGone(rule.book) }
        }
    }

    /// About a second of looks.
    private static let patience = 20
    /// So many are remembered: what they harmed may end long after them, and its record shall say by whom.
    private static let mostGone = 48

    /// Books what the rule counted since the last time.
    private mutating func count(_ number: UInt16, _ store: MetricStore) {
        guard let rule = rules[number] else { return }
        let counts = InjectionCounts(rule.state.counts)
        store.note(counts.since(rule.counted), ofRule: rule.book)
        rules[number]?.counted = counts
    }

    // MARK: Translating

    /// The books' number of the proxy's `service`.
    func service(_ service: Int) -> Int? {
        services.indices.contains(service) ? services[service].map { Int($0.service) } : nil
    }

    /// O(1).
    func translated(_ record: AttemptRecord) -> AttemptRecord {
        var record = record
        let service = Int(record.service)
        if service < services.count, let meant = services[service] {
            record.service = meant.service
            let endpoint = Int(record.endpoint)
            record.endpoint = endpoint < meant.endpoints.count ? meant.endpoints[endpoint] : AttemptRecord.none
        } else {
            record.service = AttemptRecord.none
        }
        record.entry = entry(record.entry)
        record.delayEntry = entry(record.delayEntry)
        return record
    }

    private func entry(_ number: UInt16) -> UInt16 {
        if number < HandRules.firstNumber || number == AttemptRecord.none { return number }
        return rules[number].map { UInt16(clamping: $0.book) } ?? AttemptRecord.none
    }
}
