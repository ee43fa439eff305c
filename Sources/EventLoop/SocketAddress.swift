// An address in the kernel's own form, kept inline so that accept and connect cost no allocation for IP.

internal import CLibevent
import Glibc

/// IPv4, IPv6 or a unix path, with its port.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// Address and port in host order.
        case v4(UInt32, port: UInt16)
        /// The two halves of the address in host order, port and scope.
        case v6(UInt64, UInt64, port: UInt16, scope: UInt32)
        case unix(String)
    }

    package var kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(.v4(0x7F00_0001, port: port))
    }

    /// A numeric address ("127.0.0.1", "::1"); nil when `host` is a name.
    package init?(numeric host: String, port: UInt16) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if unsafe inet_pton(AF_INET, host, &v4) == 1 {
            kind = .v4(UInt32(bigEndian: v4.s_addr), port: port)
        } else if unsafe inet_pton(AF_INET6, host, &v6) == 1 {
            let halves = unsafe withUnsafeBytes(of: &v6) { bytes in
                unsafe (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            kind = .v6(UInt64(bigEndian: halves.0), UInt64(bigEndian: halves.1), port: port, scope: 0)
        } else {
            return nil
        }
    }

    /// The kernel's form read back; nil for families we do not speak.
    init?(storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in.self) }
            kind = .v4(UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let (high, low, port, scope) = unsafe withUnsafeBytes(of: &storage) { bytes in
                let address = unsafe bytes.load(as: sockaddr_in6.self)
                return unsafe (
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                    address.sin6_port, address.sin6_scope_id
                )
            }
            kind = .v6(
                UInt64(bigEndian: high), UInt64(bigEndian: low), port: UInt16(bigEndian: port), scope: scope)
        case AF_UNIX:
            kind = .unix("")
        default:
            return nil
        }
    }

    package var family: Int32 {
        switch kind {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// 0 for unix sockets.
    package var port: UInt16 {
        switch kind {
        case .v4(_, let port): port
        case .v6(_, _, let port, _): port
        case .unix: 0
        }
    }

    package func withPort(_ port: UInt16) -> SocketAddress {
        switch kind {
        case .v4(let address, _): SocketAddress(.v4(address, port: port))
        case .v6(let high, let low, _, let scope): SocketAddress(.v6(high, low, port: port, scope: scope))
        case .unix: self
        }
    }

    /// The address alone in network order: 4 or 16 bytes; none for unix sockets.
    package var addressBytes: [UInt8] {
        switch kind {
        case .v4(let address, _): Self.bigEndianBytes(UInt64(address) << 32).prefix(4) + []
        case .v6(let high, let low, _, _): Self.bigEndianBytes(high) + Self.bigEndianBytes(low)
        case .unix: []
        }
    }

    private static func bigEndianBytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }

    /// "127.0.0.1:80", "[::1]:80", "unix:/run/x.sock".
    package var description: String {
        switch kind {
        case .v4(_, let port): "\(host):\(port)"
        case .v6(_, _, let port, _): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address without its port, numeric.
    package var host: String {
        switch kind {
        case .v4(let address, _):
            return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        case .v6:
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            var bytes = addressBytes
            guard unsafe inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else { return "::" }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        case .unix(let path):
            return path
        }
    }

    /// Calls `body` with the kernel's form of the address; the pointer is valid only during the call.
    @unsafe func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch kind {
        case .v4(let address, let port):
            var native = sockaddr_in()
            native.sin_family = sa_family_t(AF_INET)
            native.sin_port = port.bigEndian
            native.sin_addr.s_addr = address.bigEndian
            return unsafe Self.withNative(&native, body)
        case .v6(let high, let low, let port, let scope):
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = port.bigEndian
            native.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &native.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return unsafe Self.withNative(&native, body)
        case .unix(let path):
            var native = sockaddr_un()
            native.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &native.sun_path) { bytes in
                unsafe bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
            }
            return unsafe Self.withNative(&native, body)
        }
    }

    private static func withNative<Native, Result>(
        _ native: inout Native, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &native) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe body(rebound, socklen_t(MemoryLayout<Native>.size))
            }
        }
    }
}
