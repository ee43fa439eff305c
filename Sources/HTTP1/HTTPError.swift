// Why a head or a body is refused. Closed: each case is a place where a lenient reader and a strict one could see
// different messages in the same bytes (RFC 9112, section 11.2), or a limit of ours.
// The reasons go to logs and into the body of our own answer.

/// What is wrong with the bytes of a message.
package enum HTTPError: Error, Equatable, Sendable, CaseIterable {
    case badRequestLine, badMethod, badTarget, badStatusLine, badVersion
    case badHeaderName, badHeaderValue, spaceBeforeColon, foldedLine, bareCarriageReturn, bareLineFeed
    case missingHost, repeatedHost, badHost, conflictingHost
    case badLength, repeatedLength, conflictingLength, bothFramings
    case badTransferEncoding, unknownTransferCoding, transferEncodingInOldVersion, contentInConnect
    case badChunkSize, badChunkExtension, badChunkEnd, badTrailer, framingInTrailer
    case targetTooLong, headTooLarge, tooManyFields, tooManyConnectionOptions
    case chunkExtensionTooLong, trailersTooLarge
    case unexpectedSwitch

    /// The status with which a request that has this fault is refused; for a response it is always 502.
    package var status: Int {
        switch self {
        case .unknownTransferCoding: 501
        case .badVersion: 505
        case .targetTooLong: 414
        case .headTooLarge, .tooManyFields, .tooManyConnectionOptions, .trailersTooLarge: 431
        default: 400
        }
    }

    /// One line that says what was wrong.
    package var reason: String {
        switch self {
        case .badRequestLine: "the request line is not METHOD TARGET VERSION with single spaces"
        case .badMethod: "the method has a byte that no method may have"
        case .badTarget: "the request target is in none of the four forms"
        case .badStatusLine: "the status line is not VERSION STATUS REASON"
        case .badVersion: "the version is neither HTTP/1.0 nor HTTP/1.1"
        case .badHeaderName: "a field line has no name, or a byte that no field name may have"
        case .badHeaderValue: "a line has a control byte"
        case .spaceBeforeColon: "a field name is followed by a blank"
        case .foldedLine: "a field is folded over several lines"
        case .bareCarriageReturn: "a carriage return is not followed by a line feed"
        case .bareLineFeed: "a line feed does not follow a carriage return"
        case .missingHost: "an HTTP/1.1 request has no Host field"
        case .repeatedHost: "Host is given more than once"
        case .badHost: "Host has a byte that no host may have"
        case .conflictingHost: "Host differs from the authority in the request target"
        case .badLength: "Content-Length is not a plain decimal number"
        case .repeatedLength: "Content-Length is given more than once"
        case .conflictingLength: "Content-Length is given with different values"
        case .bothFramings: "Content-Length and Transfer-Encoding are both given"
        case .badTransferEncoding: "Transfer-Encoding does not end with chunked, once"
        case .unknownTransferCoding: "Transfer-Encoding names a coding that is not known"
        case .transferEncodingInOldVersion: "Transfer-Encoding is given in HTTP/1.0"
        case .contentInConnect: "CONNECT announces content"
        case .badChunkSize: "a chunk size is not a plain hexadecimal number"
        case .badChunkExtension: "a chunk extension has a control byte"
        case .badChunkEnd: "a chunk is not followed by CR LF"
        case .badTrailer: "a trailer line is malformed"
        case .framingInTrailer: "a trailer names a field that frames or routes the message"
        case .targetTooLong: "the request line is longer than the limit for heads"
        case .headTooLarge: "the head is longer than the limit"
        case .tooManyFields: "there are more fields than the limit"
        case .tooManyConnectionOptions: "Connection has more options than the limit"
        case .chunkExtensionTooLong: "a chunk extension is longer than the limit"
        case .trailersTooLarge: "the trailers are longer than the limit"
        case .unexpectedSwitch: "101 answers a request that asked for no upgrade"
        }
    }
}
