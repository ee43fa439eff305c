// Waiting for a condition instead of sleeping for a guess.

import Glibc

/// Looks at `condition` until it holds; false when it does not within `seconds`, which is generous and never a measurement.
package func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = secondsNow() + seconds
    while secondsNow() < end {
        if try condition() { return true }
        usleep(2_000)
    }
    return try condition()
}

/// The monotonic clock, in seconds.
package func secondsNow() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
