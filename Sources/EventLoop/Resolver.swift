// Names to addresses: numeric forms first, then the hosts file, then DNS over libevent's evdns for A and AAAA,
// kept for as long as their TTL says. Callers that ask for a name being looked up share the one query.
//
// The answer comes as a callback on the same loop; a slow name holds up nobody but those who ask for it.
// A machine without a nameserver still resolves numbers and the hosts file.

internal import CLibevent
import Glibc
import Units

/// Why a name has no address.
package enum ResolveError: Error, Hashable, Sendable {
    case notFound
    case timedOut
    case serverFailed
    case noNameserver
}

/// Told of the outcome of one lookup.
package protocol ResolverClient: AnyObject {
    func resolved(_ addresses: Result<[SocketAddress], ResolveError>)
}

/// A caching resolver on one loop.
@safe
package final class Resolver {
    private let loop: EventLoop
    private var base: OpaquePointer?
    private var hosts: HostsFile
    private let configuration: String
    private var cache: [String: CachedName] = [:]
    private var pending: [String: Lookup] = [:]

    /// Most names kept; the cache is emptied when it is full.
    private static let cacheMaximum = 4096

    /// `configuration` names the nameservers, as in resolv.conf(5).
    package init(
        loop: EventLoop, hosts: HostsFile = HostsFile.system(), configuration: String = "/etc/resolv.conf"
    ) {
        self.loop = loop
        self.hosts = hosts
        self.configuration = configuration
        unsafe base = nil
    }

    deinit {
        close()
    }

    /// Stops all queries; their clients are not called.
    package func close() {
        for lookup in pending.values { lookup.abandon() }
        pending.removeAll()
        // 1: each query that is open gets its callback, in the loop's next turn or in its last, which lets go of the lookup.
        if let base = unsafe base { unsafe evdns_base_free(base, 1) }
        unsafe base = nil
    }

    /// The addresses of `host` if they are known without asking: numeric, in the hosts file, or cached.
    package func known(_ host: String) -> [SocketAddress]? {
        if let numeric = SocketAddress(numeric: host, port: 0) { return [numeric] }
        if let listed = hosts[host] { return listed }
        guard let cached = cache[host], cached.expires > loop.now else { return nil }
        return cached.addresses
    }

    /// Looks `host` up; the client is called later on this loop, unless it is gone by then.
    package func resolve(_ host: String, for client: any ResolverClient) {
        if let lookup = pending[host] {
            lookup.add(client)
            return
        }
        guard let base = unsafe nameserverBase() else {
            client.resolved(.failure(.noNameserver))
            return
        }
        let lookup = Lookup(host: host, resolver: self)
        lookup.add(client)
        pending[host] = lookup
        unsafe lookup.start(on: base)
    }

    private func nameserverBase() -> OpaquePointer? {
        if let base = unsafe base { return unsafe base }
        // DISABLE_WHEN_INACTIVE: an idle resolver keeps no event on the loop.
        guard let made = unsafe evdns_base_new(loop.base, Int32(EVDNS_BASE_DISABLE_WHEN_INACTIVE)) else { return nil }
        let options = Int32(DNS_OPTION_NAMESERVERS | DNS_OPTION_SEARCH | DNS_OPTION_MISC)
        if unsafe evdns_base_resolv_conf_parse(made, options, configuration) != 0,
            unsafe evdns_base_count_nameservers(made) == 0
        {
            unsafe evdns_base_free(made, 0)
            return nil
        }
        unsafe base = made
        return unsafe made
    }

    fileprivate func finish(_ lookup: Lookup) {
        pending[lookup.host] = nil
        if case .success(let addresses) = lookup.outcome {
            if cache.count >= Self.cacheMaximum { cache.removeAll() }
            let timeToLive = TimeSpan.seconds(Int64(lookup.timeToLive))
            cache[lookup.host] = CachedName(addresses: addresses, expires: loop.now + timeToLive)
        }
        lookup.tellClients()
    }

    private struct CachedName {
        let addresses: [SocketAddress]
        let expires: Instant
    }
}

/// One name being asked for: an A and an AAAA query side by side.
@safe
private final class Lookup {
    let host: String
    private weak var resolver: Resolver?
    private var clients: [WeakClient] = []
    private var unanswered = 2
    private var v4: [SocketAddress] = []
    private var v6: [SocketAddress] = []
    private var failure = ResolveError.notFound
    private(set) var timeToLive: Int32 = .max

    struct WeakClient {
        weak var client: (any ResolverClient)?
    }

    init(host: String, resolver: Resolver) {
        self.host = host
        self.resolver = resolver
    }

    func add(_ client: any ResolverClient) {
        clients.append(WeakClient(client: client))
    }

    /// Nobody waits any more.
    func abandon() {
        resolver = nil
        clients = []
    }

    /// Invariant: evdns calls back exactly once per query that it accepts, also when its base is freed (which fails
    /// what is open); each query holds the lookup by one retain which its callback gives back.
    func start(on base: OpaquePointer) {
        unsafe ask { context in unsafe evdns_base_resolve_ipv4(base, host, 0, onAnswer, context) }
        unsafe ask { context in unsafe evdns_base_resolve_ipv6(base, host, 0, onAnswer, context) }
    }

    private func ask(_ query: (UnsafeMutableRawPointer) -> OpaquePointer?) {
        let retained = unsafe Unmanaged.passRetained(self)
        if unsafe query(retained.toOpaque()) == nil {
            unsafe retained.release()
            answered(failure: .serverFailed)
        }
    }

    func answered(failure: ResolveError) {
        self.failure = failure
        finishOne()
    }

    func answered(v4 addresses: [SocketAddress], timeToLive: Int32) {
        v4 = addresses
        self.timeToLive = min(self.timeToLive, timeToLive)
        finishOne()
    }

    func answered(v6 addresses: [SocketAddress], timeToLive: Int32) {
        v6 = addresses
        self.timeToLive = min(self.timeToLive, timeToLive)
        finishOne()
    }

    private func finishOne() {
        unanswered -= 1
        if unanswered == 0 { resolver?.finish(self) }
    }

    var outcome: Result<[SocketAddress], ResolveError> {
        v4.isEmpty && v6.isEmpty ? .failure(failure) : .success(v4 + v6)
    }

    func tellClients() {
        for holder in clients { holder.client?.resolved(outcome) }
    }
}

private func onAnswer(
    _ status: Int32, _ type: CChar, _ count: Int32, _ timeToLive: Int32, _ answers: UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let context = unsafe context else { return }
    let lookup = unsafe Unmanaged<Lookup>.fromOpaque(context).takeRetainedValue()
    guard status == DNS_ERR_NONE, let answers = unsafe answers else {
        lookup.answered(failure: resolveError(status))
        return
    }
    let ttl = max(timeToLive, 1)
    if Int32(type) == DNS_IPv6_AAAA {
        lookup.answered(v6: unsafe addressesV6(answers, Int(count)), timeToLive: ttl)
    } else {
        lookup.answered(v4: unsafe addressesV4(answers, Int(count)), timeToLive: ttl)
    }
}

private func resolveError(_ status: Int32) -> ResolveError {
    switch status {
    case DNS_ERR_TIMEOUT: .timedOut
    case DNS_ERR_SERVERFAILED, DNS_ERR_REFUSED, DNS_ERR_FORMAT, DNS_ERR_NOTIMPL, DNS_ERR_TRUNCATED: .serverFailed
    default: .notFound
    }
}

private func addressesV4(_ answers: UnsafeMutableRawPointer, _ count: Int) -> [SocketAddress] {
    (0..<count).map { index in
        let address = unsafe answers.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        return SocketAddress(.v4(UInt32(bigEndian: address), port: 0))
    }
}

private func addressesV6(_ answers: UnsafeMutableRawPointer, _ count: Int) -> [SocketAddress] {
    (0..<count).map { index in
        let high = unsafe answers.loadUnaligned(fromByteOffset: index * 16, as: UInt64.self)
        let low = unsafe answers.loadUnaligned(fromByteOffset: index * 16 + 8, as: UInt64.self)
        return SocketAddress(.v6(UInt64(bigEndian: high), UInt64(bigEndian: low), port: 0, scope: 0))
    }
}
