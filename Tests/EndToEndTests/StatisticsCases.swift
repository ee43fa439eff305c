// Seeded questions to the functions of Observation/Statistics with their answers, a line each, for others to check:
//
//     kind | arguments | answers

import Observation

/// Thousands of cases, the same in every run.
struct StatisticsCases {
    private var state: UInt64 = 20_250_401
    private(set) var lines: [String] = []

    init() {
        for _ in 0..<600 { proportion() }
        for _ in 0..<400 { poisson() }
        for _ in 0..<400 { fisher() }
        for _ in 0..<150 { survival() }
        for _ in 0..<300 { samples() }
        for _ in 0..<300 { leastSquares() }
        for _ in 0..<300 { burn() }
    }

    // MARK: Kinds

    private mutating func proportion() {
        let trials = magnitude(below: 6)
        let successes = [0, trials, whole(0...trials), min(whole(0...5), trials)][whole(0...3)]
        let counted = Proportion(successes, of: trials)
        let confidence = number(0.5, 0.999)
        let exact = counted.exactInterval(confidence: confidence)
        let wilson = counted.wilsonInterval(confidence: confidence)
        let (least, most) = (
            counted.exactLowerBound(confidence: confidence), counted.exactUpperBound(confidence: confidence)
        )
        add(
            "proportion", [[Double(successes), Double(trials), confidence]],
            [exact.lower, exact.upper, wilson.lower, wilson.upper, least, most])
    }

    private mutating func poisson() {
        let count = magnitude(below: 5)
        let (confidence, mean) = (number(0.5, 0.999), Double(count) * number(0.5, 1.5) + 0.1)
        let interval = PoissonCount.exactInterval(count, confidence: confidence)
        let quantile = PoissonCount.quantile(confidence, mean: mean)
        let cumulative = PoissonCount.cumulative(count, mean: mean)
        add(
            "poisson", [[Double(count), confidence, mean]],
            [interval.lower, interval.upper, Double(quantile), cumulative])
    }

    private mutating func fisher() {
        let cells = (0..<4).map { _ in magnitude(below: 3) - whole(0...1) }
        let test = FisherExactTest(cells[0], cells[1], cells[2], cells[3])
        add("fisher", [cells.map { Double($0) }], FisherExactTest.Alternative.allCases.map(test.probability))
    }

    private mutating func survival() {
        let coarse = whole(0...1) == 0
        let lifetimes = (0..<whole(2...80)).map { _ in
            Lifetime(coarse ? Double(whole(1...9)) : number(0.01, 9), ended: whole(0...3) > 0)
        }
        let curve = SurvivalCurve(lifetimes)
        let (age, share) = (number(0.5, 8.5), number(0.02, 0.98))
        let interval = curve.interval(at: age, confidence: 0.95)
        add(
            "survival", [lifetimes.map(\.age), lifetimes.map { $0.ended ? 1 : 0 }, [age, share]],
            [curve.survival(at: age), interval.lower, interval.upper, curve.quantile(share) ?? .infinity])
    }

    private mutating func samples() {
        let values = (0..<whole(2...200)).map { _ in number(0, 1_000) }
        let (samples, share) = (Samples(values), number(0, 1))
        let figures = [
            samples.nearestRank(share), samples.interpolated(share), samples.mean, samples.variance, samples.fanoFactor,
        ]
        add("samples", [values, [share]], figures.map { $0 ?? .nan })
    }

    private mutating func leastSquares() {
        let points = whole(3...8)
        let errors = (0..<points).map { _ in (0..<points).map { _ in number(-1, 1) } }
        let covariance = (0..<points).map { row in
            (0..<points).map { column in
                (row == column ? 0.5 : 0) + zip(errors[row], errors[column]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        let columns = [Array(repeating: 1.0, count: points), (0..<points).map { Double($0) }]
        let response = (0..<points).map { _ in number(-5, 5) }
        guard let fit = LeastSquares(columns: columns, response: response, covariance: covariance) else { return }
        add(
            "least-squares", [response, covariance.flatMap { $0 }],
            fit.coefficients + [fit.chiSquared, fit.bayesianCriterion])
    }

    private mutating func burn() {
        let total = magnitude(below: 6)
        let counts = EventCounts(bad: whole(0...total), total: total)
        let (target, expected) = (number(0.9, 0.9999), Double(total) * number(1, 1_000))
        add(
            "burn", [[Double(counts.bad), Double(total), target, expected]],
            [counts.burnRate(target: target) ?? .nan, counts.consumed(target: target, of: expected)])
    }

    // MARK: Drawing and writing

    private mutating func add(_ kind: String, _ arguments: [[Double]], _ answers: [Double]) {
        let lists = (arguments + [answers]).map { $0.map { "\($0)" }.joined(separator: " ") }
        lines.append("\(kind)|\(lists.joined(separator: "|"))")
    }

    /// Of a uniform number of digits, from 1 to below 10^`digits`.
    private mutating func magnitude(below digits: Int) -> Int {
        let most = (0..<whole(1...digits)).reduce(1) { power, _ in power * 10 }
        return whole(1...(most - 1))
    }

    private mutating func whole(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(number(0, 1) * Double(range.count))
    }

    private mutating func number(_ least: Double, _ most: Double) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return least + (most - least) * Double(state >> 11) / Double(1 << 53)
    }
}
