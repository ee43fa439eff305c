// Asks a control plane: one request, and its answer once it is there. Commands that end at once wait for it; those that stay
// are told on their loop.

import Control
package import EventLoop
package import struct Foundation.Data
package import class Foundation.JSONDecoder
package import Units

/// An answer that is no refusal.
package struct ControlAnswer: Sendable {
    package let status: Int
    package let body: Data

    /// Of the type that the server encodes.
    package func decoded<Answer: Decodable>(_ type: Answer.Type, from place: ControlPlace) throws(ClientError) -> Answer
    {
        do {
            return try Self.decoder().decode(type, from: body)
        } catch {
            throw .broken(place.label, reason: "its answer is not what this version expects")
        }
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}

/// Who asks one control plane.
package final class ControlClient {
    package typealias Outcome = Result<ControlAnswer, ClientError>

    package let place: ControlPlace
    package let loop: EventLoop
    private var address: SocketAddress?
    private var pending: [ObjectIdentifier: PendingAnswer] = [:]

    /// Longer than the longest that an answer may take by the server's own limits.
    private static let patience = TimeSpan.seconds(15)

    package init(_ place: ControlPlace, loop: EventLoop) {
        self.place = place
        self.loop = loop
    }

    /// The loop is the client's own.
    deinit {
        loop.close()
    }

    /// Waits for the answer, running the loop meanwhile.
    package func ask(_ request: ControlRequest) throws(ClientError) -> ControlAnswer {
        var outcome: Outcome?
        send(request) { [loop] in
            outcome = $0
            loop.stop()
        }
        if outcome == nil { loop.run() }
        guard let outcome else { throw .timedOut(place.label) }
        return try outcome.get()
    }

    package func ask<Answer: Decodable>(
        _ request: ControlRequest, for type: Answer.Type
    ) throws(ClientError) -> Answer {
        try ask(request).decoded(type, from: place)
    }

    /// Asks; `then` is told on the loop, or at once where it cannot be asked.
    package func send(_ request: ControlRequest, then: @escaping (Outcome) -> Void) {
        let pending = PendingAnswer { [weak self] answer, outcome in
            self?.pending[ObjectIdentifier(answer)] = nil
            then(outcome)
        }
        do throws(ClientError) {
            pending.exchange = try exchange(request, patience: Self.patience, reader: pending)
            self.pending[ObjectIdentifier(pending)] = pending
        } catch {
            then(.failure(error))
        }
    }

    /// The same for one who reads the answer while it comes.
    package func exchange(
        _ request: ControlRequest, patience: TimeSpan, reader: any ControlExchangeReader
    ) throws(ClientError) -> ControlExchange {
        let address = try found()
        return try ControlExchange(request, to: place, at: address, patience: patience, loop: loop, reader: reader)
    }

    /// Looked up once: a number, a name of the hosts file, else a name of the net.
    private func found() throws(ClientError) -> SocketAddress {
        if let address { return address }
        guard let first = try NameLookup.addresses(of: place, on: loop).first else {
            throw .unreachable(place.label, reason: "there is no host of that name")
        }
        let found = first.withPort(place.port)
        address = found
        return found
    }
}

/// Gathers one answer.
private final class PendingAnswer: ControlExchangeReader {
    var exchange: ControlExchange?
    private let then: (PendingAnswer, ControlClient.Outcome) -> Void
    private var status = 0
    private var body: [UInt8] = []

    /// More than the longest answer of ours.
    private static let longest = 64 << 20

    init(then: @escaping (PendingAnswer, ControlClient.Outcome) -> Void) {
        self.then = then
    }

    func began(_ exchange: ControlExchange, status: Int) { self.status = status }

    func received(_ exchange: ControlExchange, _ payload: [UInt8]) {
        body += payload
        guard body.count > Self.longest else { return }
        exchange.cancel()
        then(self, .failure(.broken("the answer", reason: "it is longer than any of ours")))
    }

    func finished(_ exchange: ControlExchange, _ error: ClientError?) {
        if let error { return then(self, .failure(error)) }
        then(self, ControlRefusal.outcome(status, Data(body)))
    }
}

/// Tells answers from refusals.
enum ControlRefusal {
    static func outcome(_ status: Int, _ body: Data) -> ControlClient.Outcome {
        (200..<300).contains(status)
            ? .success(ControlAnswer(status: status, body: body)) : .failure(error(status, body))
    }

    /// An answer without our form comes from somebody else, or from before our code saw the request.
    static func error(_ status: Int, _ body: Data) -> ClientError {
        let form = try? JSONDecoder().decode(ErrorAnswer.self, from: body)
        return .refused(
            status: status, message: form?.error.message ?? "the answer is status \(status)",
            mistakes: form?.error.diagnostics ?? [])
    }
}

/// Waits for the addresses of a name.
private final class NameLookup: TimerOwner, ResolverClient {
    private let loop: EventLoop
    private var outcome: Result<[SocketAddress], ResolveError>?

    private init(loop: EventLoop) {
        self.loop = loop
    }

    static func addresses(of place: ControlPlace, on loop: EventLoop) throws(ClientError) -> [SocketAddress] {
        let resolver = Resolver(loop: loop)
        defer { resolver.close() }
        if let known = resolver.known(place.host) { return known }
        let lookup = NameLookup(loop: loop)
        let timer = Timer(on: loop, owner: lookup)
        timer.set(after: .seconds(10))
        resolver.resolve(place.host, for: lookup)
        if lookup.outcome == nil { loop.run() }
        timer.cancel()
        switch lookup.outcome {
        case .success(let addresses): return addresses
        case .failure(.noNameserver): throw .unreachable(place.label, reason: "there is no nameserver to ask")
        case .failure: throw .unreachable(place.label, reason: "there is no host of that name")
        case nil: throw .unreachable(place.label, reason: "no nameserver answers")
        }
    }

    func resolved(_ addresses: Result<[SocketAddress], ResolveError>) {
        outcome = addresses
        loop.stop()
    }

    override func fired(_ timer: Timer) { loop.stop() }
}
