// The last ten minutes, in buckets: the last 60 as they came, older ones folded together by ten. Buckets in which nothing
// happened do not exist, so a quiet series costs nothing.
//
//     ├── coarse: ten buckets each, up to 600 back ──┤── fine: 60 ──┤ now
//
// A bucket is one second of the script: `unit` is a second divided by the speed.

/// What can be added up.
protocol Mergeable {
    mutating func merge(_ other: Self)
}

/// Values by bucket number, for as long as windows reach.
struct TieredWindow<Value: Mergeable & Sendable>: Sendable {
    static var fineLength: Int { 60 }
    static var fold: Int { 10 }
    static var length: Int { 600 }

    private struct Bucket {
        /// The first that it covers.
        let number: Int
        var value: Value
    }

    private var fine: [Bucket] = []
    private var coarse: [Bucket] = []

    var isEmpty: Bool { fine.isEmpty && coarse.isEmpty }

    /// Adds the bucket `number`, which is not before any added so far.
    mutating func append(_ value: Value, at number: Int) {
        advance(to: number)
        if let last = fine.last, last.number == number {
            fine[fine.count - 1].value.merge(value)
        } else {
            fine.append(Bucket(number: number, value: value))
        }
    }

    /// Folds and forgets what is too old at bucket `number`; O(buckets) when something is.
    mutating func advance(to number: Int) {
        if let oldest = coarse.first, oldest.number <= number - Self.length - Self.fold {
            coarse.removeAll { $0.number <= number - Self.length - Self.fold }
        }
        guard let oldest = fine.first, oldest.number <= number - Self.fineLength else { return }
        let kept = fine.firstIndex { $0.number > number - Self.fineLength } ?? fine.count
        for bucket in fine[..<kept] where bucket.number > number - Self.length { putAway(bucket) }
        fine.removeFirst(kept)
    }

    /// Calls `body` with every value from bucket `first` on; a folded bucket counts when any part of it does.
    func forEach(from first: Int, _ body: (Value) -> Void) {
        for bucket in coarse where bucket.number + Self.fold > first { body(bucket.value) }
        for bucket in fine where bucket.number >= first { body(bucket.value) }
    }

    private mutating func putAway(_ bucket: Bucket) {
        let number = bucket.number - bucket.number % Self.fold
        if let last = coarse.last, last.number == number {
            coarse[coarse.count - 1].value.merge(bucket.value)
        } else {
            coarse.append(Bucket(number: number, value: bucket.value))
        }
    }
}

extension TieredWindow {
    /// The sum of `size` over everything that is kept.
    func footprint(_ size: (Value) -> Int) -> Int {
        (fine + coarse).reduce(0) { $0 + size($1.value) }
    }
}
