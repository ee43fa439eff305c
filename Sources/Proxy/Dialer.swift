// Reaches one endpoint: name to addresses, then connect to one after the other until one is on its way.
// Numeric addresses and unix sockets never wait. Nobody else waits for a slow name.

import EventLoop
import Observation
import Scenario
import Units

/// Why an endpoint could not be reached.
enum DialError: Error, Sendable, Hashable {
    case unresolved(ResolveError)
    case refused
    case timedOut
    case unreachable
    case failed(SystemError)

    init(_ error: SystemError) {
        self =
            error.isRefused
            ? .refused : error.isTimedOut ? .timedOut : error.isUnreachable ? .unreachable : .failed(error)
    }

    /// How it is recorded.
    var outcome: Outcome {
        switch self {
        case .unresolved: .unresolved
        case .refused: .upstreamRefused
        case .timedOut: .connectTimedOut
        case .unreachable: .upstreamUnreachable
        case .failed: .upstreamFailed
        }
    }

    /// The word behind `x-brownout: organic;` and in the logs.
    package var word: String {
        switch self {
        case .unresolved(.notFound): "name_not_found"
        case .unresolved(.timedOut): "name_timeout"
        case .unresolved: "name_failed"
        case .refused: "connect_refused"
        case .timedOut: "connect_timeout"
        case .unreachable: "connect_unreachable"
        case .failed: "connect_failed"
        }
    }
}

/// A lookup in progress on behalf of a session.
final class Dialer: ResolverClient {
    let endpoint: Int
    private weak var session: Session?
    private let port: UInt16
    private let host: String

    private init(session: Session, endpoint: Int, host: String, port: UInt16) {
        self.session = session
        self.endpoint = endpoint
        self.host = host
        self.port = port
    }

    enum Start {
        /// A socket whose connect is under way or done.
        case connection(Connection)
        /// The name is being looked up; `Session.dialed` will be called.
        case waiting(Dialer)
        case failed(DialError)
    }

    /// Starts to connect `session` to `endpoint` (its index in the service).
    static func start(for session: Session, endpoint: Int) -> Start {
        let resolver = session.worker.resolver
        switch session.service.configuration.endpoints[endpoint].address {
        case .unix(let path):
            return connect([SocketAddress(.unix(path))], for: session)
        case .host(let host, let port):
            let port = UInt16(truncatingIfNeeded: port)
            if let fixed = session.service.numericAddresses[endpoint] { return connect([fixed], for: session) }
            if let known = resolver.known(host) { return connect(known.map { $0.withPort(port) }, for: session) }
            let dialer = Dialer(session: session, endpoint: endpoint, host: host, port: port)
            resolver.resolve(host, for: dialer)
            return .waiting(dialer)
        }
    }

    func resolved(_ addresses: Result<[SocketAddress], ResolveError>) {
        guard let session, session.isOpen else { return }
        switch addresses {
        case .failure(let error):
            session.dialed(self, .failure(.unresolved(error)))
        case .success(let addresses):
            switch Self.connect(addresses.map { $0.withPort(port) }, for: session) {
            case .connection(let connection): session.dialed(self, .success(connection))
            case .failed(let error): session.dialed(self, .failure(error))
            case .waiting: break
            }
        }
    }

    private static func connect(_ addresses: [SocketAddress], for session: Session) -> Start {
        var last = DialError.unresolved(.notFound)
        for address in addresses {
            do throws(SystemError) {
                return .connection(try connect(address, for: session))
            } catch {
                last = DialError(error)
                session.worker.noteExhaustion(error)
            }
        }
        return .failed(last)
    }

    private static func connect(_ address: SocketAddress, for session: Session) throws(SystemError) -> Connection {
        let socket = try Socket.stream(family: address.family)
        do throws(SystemError) {
            if address.family != 1 { socket.disableNagle() }
            let isConnected = try socket.connect(to: address)
            return Connection(
                loop: session.worker.loop, socket: socket, side: .upstream, isConnecting: !isConnected)
        } catch {
            socket.close()
            throw error
        }
    }
}
