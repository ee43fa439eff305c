// Where the control plane listens, and who may. Everything that can be wrong with it is said before anything starts.

package import EventLoop
import Foundation

/// `--control ADDRESS` and `--control-token-file FILE`.
package struct ControlOptions: Sendable {
    /// What `serve` listens on when nothing is said.
    package static let standardAddress = "127.0.0.1:8474"

    /// "127.0.0.1:8474", "[::1]:8474", "localhost:0", or "none".
    package var address: String
    package var tokenFile: String?

    package init(address: String, tokenFile: String? = nil) {
        self.address = address
        self.tokenFile = tokenFile
    }

    /// Reads the token and binds; nil for "none".
    package func open() throws(ControlError) -> ControlDoor? {
        if address == "none" { return nil }
        let place = try place()
        let token = try tokenFile.map { path throws(ControlError) in try ControlToken(file: path) }
        guard place.isLoopback || token != nil else {
            throw ControlError(
                .invalid,
                "--control \(address) can be reached from other machines: give --control-token-file, or listen on 127.0.0.1"
            )
        }
        do throws(SystemError) {
            return ControlDoor(socket: try HTTPServer.listen(on: place), token: token)
        } catch {
            let hint = error.isAddressInUse ? "; choose another with --control, or --control none" : ""
            throw ControlError(.failed, "cannot listen on \(address) for the control plane: \(error.reason)\(hint)")
        }
    }

    /// Numeric addresses and `localhost` only: what a name stands for elsewhere is not ours to trust.
    private func place() throws(ControlError) -> SocketAddress {
        let parts = address.split(separator: ":", omittingEmptySubsequences: false)
        let host = parts.dropLast().joined(separator: ":")
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let numeric = bare == "localhost" ? "127.0.0.1" : bare
        guard parts.count > 1, let port = parts.last.flatMap({ UInt16($0) }),
            let place = SocketAddress(numeric: numeric, port: port)
        else {
            throw ControlError(
                .invalid, "--control \(address) is no address: HOST:PORT with a numeric host, or none")
        }
        return place
    }
}

/// A bound control plane that nobody serves yet.
package struct ControlDoor: Sendable {
    package let socket: Socket
    package let token: ControlToken?

    /// Where it can be reached.
    package var address: SocketAddress { socket.localAddress ?? .loopback(port: 0) }
}

extension SocketAddress {
    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        switch kind {
        case .v4(let address, _): address >> 24 == 127
        case .v6(let high, let low, _, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// 0.0.0.0 or [::].
    package var isWildcard: Bool {
        switch kind {
        case .v4(let address, _): address == 0
        case .v6(let high, let low, _, _): high == 0 && low == 0
        case .unix: false
        }
    }
}
