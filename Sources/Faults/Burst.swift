// Times of failing and of being fine that alternate: each is exponential, and each is a draw of the seed, so the same run
// bursts at the same moments. The changes are worked out when the plan is compiled. A stretch that lasts longer than
// what was worked out (its end waits for a person, or it has more changes than the bound) plays them again from the start.

import Foundation
import Scenario
import Units

/// When a burst is up; time zero is up.
struct Burst: Sendable {
    static let mostChanges = 4_096

    /// Times of change in seconds, increasing: up ends, down ends, up ends, …
    private let changes: [Double]
    private let period: Double

    /// From `burst: {up, down}`; nil without one.
    init?(_ value: FaultValue, _ setting: FaultSetting) {
        guard let group = value.group("burst"), let up = group["up"]?.moving, let down = group["down"]?.moving else {
            return nil
        }
        let length = setting.clock.length
        self.init(
            up: up.value(at: .zero, of: length), down: down.value(at: .zero, of: length), dice: setting.dice,
            length: length)
    }

    /// Means in seconds.
    init(up: Double, down: Double, dice: Dice, length: TimeSpan) {
        var changes: [Double] = []
        var time = 0.0
        while changes.isEmpty || (time < length.seconds && changes.count < Self.mostChanges) || changes.count % 2 == 1 {
            let mean = max(changes.count % 2 == 0 ? up : down, 0.001)
            time += -mean * log(dice.unit(UInt64(changes.count), lane: Lane.burst))
            changes.append(time)
        }
        self.changes = changes
        period = max(time, .leastNormalMagnitude)
    }

    /// Whether it is up; O(log of the number of changes).
    func isUp(at elapsed: TimeSpan) -> Bool {
        let time = max(elapsed.seconds, 0).truncatingRemainder(dividingBy: period)
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low % 2 == 0
    }
}
