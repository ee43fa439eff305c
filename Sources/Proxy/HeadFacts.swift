// What rules may look at, read from the head of the request when a rule asks for it: most ask for one thing or two.

import Faults
import HTTP1
import Units

/// Valid until the callback that received the head returns.
struct HeadFacts: ExchangeFacts {
    let head: Bytes
    let request: RequestReader
    let session: HTTPSession
    /// Nearly every rule asks for it.
    let path: Bytes

    init(head: Bytes, of session: HTTPSession) {
        self.head = head
        self.session = session
        request = session.worker.requests
        path = request.path.of(head)
    }

    var method: Bytes { request.method.of(head) }
    var query: Bytes { request.query.of(head) }
    var clientAddress: Bytes { session.worker.view(of: session.peer) }

    func header(_ name: [UInt8]) -> Bytes? { request.header(name, in: head) }
    func cookie(_ name: [UInt8]) -> Bytes? { request.cookie(name, in: head) }

    /// nil for chunked bodies; 0 where there is none.
    var declaredBodyLength: Int64? {
        switch request.framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }
}
