// The chunked coding (RFC 9112, section 7.1), followed but not decoded.
//
//     size ──ext──► CR LF ► data ► CR LF ► size …        size 0 ► trailer lines ► CR LF
//
// Sizes and trailers go byte by byte through `State`, data is skipped in one step. Strict where chunked bodies are
// smuggled: a size is 1 to 16 hexadecimal digits and nothing else, lines end with CR LF only, data is followed by CR
// LF at once, extensions have no control bytes. Chunk data may be of any length; extensions and trailers have
// limits.

import Units

/// Follows one chunked body.
struct ChunkedDecoder: Sendable {
    enum State: Sendable {
        case size, extensions, sizeLineFeed
        case data, dataCarriageReturn, dataLineFeed
        case trailers, complete
        case failed(HTTPError)
    }

    /// The longest extension of one chunk, in bytes.
    static var extensionBytesMaximum: Int { 1024 }

    private var state = State.size
    /// The size read so far, then the data still to come.
    private var remaining: UInt64 = 0
    /// Digits of the size, then bytes of the extension.
    private var lineBytes = 0
    private var trailers = TrailerScanner()

    var isComplete: Bool {
        if case .complete = state { return true }
        return false
    }

    /// Bytes of data that come next.
    var nextPayload: UInt64 {
        if case .data = state { return remaining }
        return 0
    }

    mutating func consume(_ bytes: Bytes, payloadMaximum: Int) -> BodyFraming.Consumption {
        var result = BodyFraming.Consumption()
        while result.count < bytes.count, !isComplete {
            if case .data = state {
                let taken = takeData(min(bytes.count - result.count, payloadMaximum - result.payload))
                guard taken > 0 else { break }
                result.count += taken
                result.payload += taken
            } else {
                do { try step(bytes[result.count]) } catch {
                    state = .failed(error)
                    result.error = error
                    break
                }
                result.count += 1
            }
        }
        result.isComplete = isComplete
        return result
    }

    private mutating func takeData(_ available: Int) -> Int {
        let taken = Int(min(UInt64(available), remaining))
        remaining -= UInt64(taken)
        if remaining == 0 { state = .dataCarriageReturn }
        return taken
    }

    /// Takes one byte that is not data.
    private mutating func step(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .size: try stepSize(byte)
        case .extensions: try stepExtension(byte)
        case .sizeLineFeed:
            try expect(ASCII.lineFeed, byte, otherwise: .bareCarriageReturn)
            state = remaining == 0 ? .trailers : .data
        case .dataCarriageReturn:
            try expect(ASCII.carriageReturn, byte, otherwise: .badChunkEnd)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(ASCII.lineFeed, byte, otherwise: .badChunkEnd)
            state = .size
            lineBytes = 0
        case .trailers:
            if try trailers.step(byte) { state = .complete }
        case .failed(let error): throw error
        case .data, .complete: break
        }
    }

    private func expect(_ expected: UInt8, _ byte: UInt8, otherwise error: HTTPError) throws(HTTPError) {
        guard byte == expected else { throw error }
    }

    private mutating func stepSize(_ byte: UInt8) throws(HTTPError) {
        if let digit = ASCII.hexadecimal(byte) {
            // 2^60 bytes and more are refused, and so are long runs of leading zeros.
            guard lineBytes < 16, remaining >> 56 == 0 else { throw .badChunkSize }
            remaining = remaining << 4 | UInt64(digit)
            lineBytes += 1
        } else {
            guard lineBytes > 0 else { throw .badChunkSize }
            try endSize(byte)
        }
    }

    private mutating func endSize(_ byte: UInt8) throws(HTTPError) {
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case ASCII.semicolon:
            state = .extensions
            lineBytes = 0
        case ASCII.lineFeed: throw .bareLineFeed
        default: throw .badChunkSize
        }
    }

    private mutating func stepExtension(_ byte: UInt8) throws(HTTPError) {
        if byte == ASCII.carriageReturn {
            state = .sizeLineFeed
            return
        }
        guard byte != ASCII.lineFeed else { throw .bareLineFeed }
        guard !ASCII.isControl(byte) else { throw .badChunkExtension }
        lineBytes += 1
        guard lineBytes <= ChunkedDecoder.extensionBytesMaximum else { throw .chunkExtensionTooLong }
    }
}
