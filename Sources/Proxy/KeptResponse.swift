// A response that is kept back until its body is whole, so that a patch can see all of it. Bounded; when it turns out that it
// cannot be patched, it passes as it came.

import HTTP1
import Units

/// One response under way.
final class KeptResponse {
    private let worker: Worker
    /// With every change but the length: without its framing lines and the empty line.
    private let openHead: [UInt8]
    private let framing: BodyFraming.Kind
    private(set) var bytes: [UInt8] = []

    init(worker: Worker, openHead: [UInt8], framing: BodyFraming.Kind) {
        self.worker = worker
        self.openHead = openHead
        self.framing = framing
    }

    deinit {
        worker.budget.add(-bytes.count)
    }

    func append(_ more: Bytes) {
        worker.budget.add(more.count)
        bytes += more.array
    }

    /// The head of a body of known length.
    func head(length: Int) -> [UInt8] { closed("Content-Length: \(length)\r\n") }

    var chunkedHead: [UInt8] { closed("Transfer-Encoding: chunked\r\n") }

    /// The head that frames the body as it came.
    var originalHead: [UInt8] {
        switch framing {
        case .length(let length): closed("Content-Length: \(length)\r\n")
        case .chunked: closed("Transfer-Encoding: chunked\r\n")
        case .none, .untilClose: closed("")
        }
    }

    /// The body without its coding.
    var payload: [UInt8]? {
        if case .chunked = framing { ChunkedPayload.bytes(of: bytes) } else { bytes }
    }

    private func closed(_ line: String) -> [UInt8] { openHead + Array("\(line)\r\n".utf8) }
}
