// Proxies and toxics in terms of what everybody else works with. A proxy is a TCP service of the keeper, its toxics are rules
// by hand; so whatever is done here shows in `/v1`, in metrics and in the journal, and what is done there shows here.
//
//      proxy ── service of the same name                     listen as bound, enabled, upstream: the keeper knows
//      toxic ── rule "toxiproxy/PROXY/TOXIC", no time to live  kind, stream, attributes as sent: known here
//
// Call on the control thread. Nothing here waits for any connection.

import EventLoop
import Proxy
import Scenario
import Units

/// The state of the compatible API.
final class ToxiproxyDesk {
    private unowned let desk: any ControlDesk
    /// By proxy, in the order in which they came.
    private var toxics: [String: [Toxic]] = [:]
    /// Where they were bound last, or are to be: what a disabled proxy shows, and comes back to.
    private var places: [String: String] = [:]

    /// As long as the keeper lets a rule by hand live.
    private static let timeToLive = TimeSpan.seconds(366 * 86_400)

    init(_ desk: any ControlDesk) {
        self.desk = desk
    }

    /// The version that workers must follow for all that was asked for so far to be in force.
    var planVersion: UInt64 { desk.planVersion }

    // MARK: Looking

    /// By name.
    var proxies: [ToxicProxy] {
        desk.services.filter(\.service.isProxyLike).map(look).sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
    }

    func proxy(_ name: String) throws(ToxiproxyError) -> ToxicProxy { look(try status(name)) }

    func toxic(_ name: String, of proxy: String) throws(ToxiproxyError) -> Toxic {
        guard let toxic = try self.proxy(proxy).toxics.first(where: { $0.name == name }) else { throw .noToxic }
        return toxic
    }

    private func status(_ name: String) throws(ToxiproxyError) -> ServiceStatus {
        guard let status = desk.service(name), status.service.isProxyLike else { throw .noProxy }
        return status
    }

    private func look(_ status: ServiceStatus) -> ToxicProxy {
        ToxicProxy(
            name: status.name, listen: status.bound.first ?? places[status.name] ?? status.service.listen.label,
            upstream: status.endpoints[0].address, isEnabled: status.isEnabled, toxics: toxics(of: status.name))
    }

    /// Those whose rule was taken away elsewhere are gone.
    private func toxics(of proxy: String) -> [Toxic] {
        (toxics[proxy] ?? []).filter { toxic in toxic.entry(of: proxy).map { desk.rule($0.name) != nil } ?? true }
    }

    // MARK: Proxies

    /// Its toxics are in force before its first connection is.
    func create(_ request: ProxyRequest, by requester: Requester) throws(ToxiproxyError) {
        forget(request.name, by: requester)
        try refusing { () throws(ControlError) in
            try desk.addService(request.service, enabled: false, by: requester)
        }
        places[request.name] = request.listen
        do throws(ToxiproxyError) {
            for toxic in request.toxics { try add(toxic, to: request.name, by: requester) }
            if request.isEnabled { try enable(request.name, by: requester) }
        } catch {
            try? remove(request.name, by: requester)
            throw error
        }
    }

    /// Stops at the first that fails; what was done before stays.
    func populate(
        _ requests: [ProxyRequest], by requester: Requester
    ) -> (done: [ToxicProxy], failure: ToxiproxyError?) {
        var done: [ToxicProxy] = []
        for request in requests {
            do throws(ToxiproxyError) {
                try createOrReplace(request, by: requester)
                done.append(try proxy(request.name))
            } catch {
                return (done, error)
            }
        }
        return (done, nil)
    }

    private func createOrReplace(_ request: ProxyRequest, by requester: Requester) throws(ToxiproxyError) {
        if let existing = try? proxy(request.name) {
            if try !differs(existing, ProxyChange(to: request)) { return }
            try remove(request.name, by: requester)
        }
        try create(request, by: requester)
    }

    /// Connections are dropped when it really listens elsewhere or leads elsewhere, and when it is disabled. What cannot be
    /// opened again is left disabled.
    func update(_ name: String, _ change: ProxyChange, by requester: Requester) throws(ToxiproxyError) {
        let proxy = try proxy(name)
        let isEnabled = change.isEnabled ?? proxy.isEnabled
        if try differs(proxy, change) {
            let service = try changed(try status(name).service, change, proxy)
            try setEnabled(name, false, by: requester)
            try refusing { () throws(ControlError) in try desk.changeService(name, to: service, by: requester) }
            places[name] = change.listen ?? proxy.listen
        }
        if isEnabled { try enable(name, by: requester) } else { try setEnabled(name, false, by: requester) }
    }

    func remove(_ name: String, by requester: Requester) throws(ToxiproxyError) {
        _ = try status(name)
        try refusing { () throws(ControlError) in try desk.removeService(name, by: requester) }
        forget(name, by: requester)
    }

    /// Every proxy enabled, without toxics.
    func reset(by requester: Requester) throws(ToxiproxyError) {
        for proxy in proxies {
            for toxic in proxy.toxics { try remove(toxic.name, of: proxy.name, by: requester) }
        }
        for proxy in proxies { try enable(proxy.name, by: requester) }
    }

    // MARK: Toxics

    func add(_ toxic: Toxic, to proxy: String, by requester: Requester) throws(ToxiproxyError) {
        if let entry = toxic.entry(of: proxy) { try addRule(entry, by: requester) }
        toxics[proxy] = toxics(of: proxy) + [toxic]
    }

    /// Acts on live connections from their next byte on.
    func change(_ toxic: Toxic, of proxy: String, by requester: Requester) throws(ToxiproxyError) {
        let former = try self.toxic(toxic.name, of: proxy).entry(of: proxy)
        switch (former, toxic.entry(of: proxy)) {
        case (nil, nil): break
        case (nil, let new?): try addRule(new, by: requester)
        case (let former?, nil): try removeRule(former.name, by: requester)
        case (let former?, let new?):
            try refusing { () throws(ControlError) in
                try desk.changeRule(former.name, to: new, ttl: Self.timeToLive, by: requester)
            }
        }
        toxics[proxy] = toxics[proxy]?.map { $0.name == toxic.name ? toxic : $0 }
    }

    func remove(_ name: String, of proxy: String, by requester: Requester) throws(ToxiproxyError) {
        if let entry = try toxic(name, of: proxy).entry(of: proxy) { try removeRule(entry.name, by: requester) }
        toxics[proxy]?.removeAll { $0.name == name }
    }

    private func addRule(_ entry: FaultEntry, by requester: Requester) throws(ToxiproxyError) {
        try refusing { () throws(ControlError) in
            try desk.addRule(entry, ttl: Self.timeToLive, by: requester)
        }
    }

    private func removeRule(_ name: String, by requester: Requester) throws(ToxiproxyError) {
        try refusing { () throws(ControlError) in try desk.removeRule(name, by: requester) }
    }

    // MARK: Opening and closing

    /// Opens it where it was open before.
    private func enable(_ name: String, by requester: Requester) throws(ToxiproxyError) {
        let status = try status(name)
        if status.isEnabled { return }
        if let place = places[name] {
            var service = status.service
            service.listen = try .toxiproxyListener(place)
            try refusing { () throws(ControlError) in try desk.changeService(name, to: service, by: requester) }
        }
        try setEnabled(name, true, by: requester)
        places[name] = try self.status(name).bound.first
    }

    private func setEnabled(_ name: String, _ isEnabled: Bool, by requester: Requester) throws(ToxiproxyError) {
        try refusing { () throws(ControlError) in try desk.setEnabled(name, isEnabled, by: requester) }
    }

    /// Whether another listener or upstream is meant: a name and its address are the same.
    private func differs(_ proxy: ToxicProxy, _ change: ProxyChange) throws(ToxiproxyError) -> Bool {
        if let upstream = change.upstream, try NetworkAddress.toxiproxyUpstream(upstream).label != proxy.upstream {
            return true
        }
        guard let listen = change.listen else { return false }
        let wanted = try NetworkAddress.toxiproxyListener(listen).resolvedText
        return try wanted != NetworkAddress.toxiproxyListener(proxy.listen).resolvedText
    }

    private func changed(
        _ service: Service, _ change: ProxyChange, _ proxy: ToxicProxy
    ) throws(ToxiproxyError) -> Service {
        var changed = service
        changed.listen = try .toxiproxyListener(change.listen ?? proxy.listen)
        if let upstream = change.upstream { changed.endpoints = [Endpoint(to: try .toxiproxyUpstream(upstream))] }
        return changed
    }

    /// What was known of a proxy that is gone, in whatever way it went.
    private func forget(_ name: String, by requester: Requester) {
        guard desk.service(name) == nil else { return }
        for toxic in toxics(of: name) {
            if let entry = toxic.entry(of: name) { try? removeRule(entry.name, by: requester) }
        }
        toxics[name] = nil
        places[name] = nil
    }

    /// The keeper's refusals in the words of this API.
    private func refusing<Result>(
        _ operation: () throws(ControlError) -> Result
    ) throws(ToxiproxyError) -> Result {
        do throws(ControlError) {
            return try operation()
        } catch {
            throw ToxiproxyError(error)
        }
    }
}
