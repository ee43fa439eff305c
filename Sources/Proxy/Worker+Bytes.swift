// Bytes of connections that are open for hours must show in the counters while they are: a tenth of the sessions is looked
// at with each tick, so each of them about once a second, and moving bytes costs nothing.

import EventLoop
import Units

extension Worker {
    func countBytesOfOpenSessions() {
        let turn = Int(loop.now.nanoseconds / 100_000_000 % 10)
        for slot in stride(from: turn, to: sessions.count, by: 10) { sessions[slot]?.countBytes() }
    }
}
