// The Host field: what it may hold, and when it agrees with the authority of an absolute target.

import Units

enum Host {
    /// Whether every byte may stand in a host with a port; an empty host is valid.
    @inline(__always)
    static func isValid(_ host: Extent, in bytes: Bytes) -> Bool {
        let stop = Scanner.first(OutsidePlainHosts.self, in: bytes, from: host.lowerBound)
        return stop >= host.upperBound || isUnusualValid(stop, host.upperBound, in: bytes)
    }

    @inline(never)
    private static func isUnusualValid(_ start: Int, _ end: Int, in bytes: Bytes) -> Bool {
        for index in start..<end where !ASCII.isHost(bytes[index]) { return false }
        return true
    }

    /// Whether two authorities are the same but for case and a default port.
    static func agree(_ left: Extent, _ right: Extent, in bytes: Bytes) -> Bool {
        bytes.isSame(withoutDefaultPort(left, in: bytes), as: withoutDefaultPort(right, in: bytes))
    }

    private static func withoutDefaultPort(_ host: Extent, in bytes: Bytes) -> Extent {
        for port in [Literal.port80, Literal.port443] {
            let start = host.upperBound - port.length
            if start >= host.lowerBound, port.begins(at: start, in: bytes) { return Extent(host.lowerBound, start) }
        }
        return host
    }
}
