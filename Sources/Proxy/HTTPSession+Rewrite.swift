// Responses that are changed on their way (`rewrite`, `malform`). The dependency's body is always read to its end, so its
// connection stays in step; what the caller gets is decided with the head:
//
//      body as it came     head changed, body passes                        status, headers, garbage
//      body of ours        head and body leave at once, theirs is dropped   replace, and a status without a body
//      body kept back      all of it leaves when the body is whole          patch
//
// Holds, paces and cuts of other faults come behind: they see what the caller would.

import EventLoop
import Faults
import HTTP1
import Observation
import Units

extension HTTPSession {
    /// Whether a fault changes the response that begins.
    var changesResponse: Bool {
        if exchange.dropsResponse || worker.response.isTunnel { return false }
        return !exchange.plan.rewrites.isEmpty || malformedPart != nil
    }

    private var malformedPart: Malform.Part? {
        if case .malform(let part) = exchange.terminal { part } else { nil }
    }

    /// Takes head and first of the body; answers how many bytes that were.
    func passChanged(_ bytes: Bytes, _ headLength: Int) -> Int {
        var edit = HeadEdit()
        for order in exchange.plan.rewrites { apply(order, to: &edit) }
        let body = bodyChange(&edit, bytes)
        if case .kept = body { return beginKeeping(bytes, headLength, edit) }
        if malformedPart == .chunk, !breaksChunk(&edit, body) { countInapplicable(exchange.plan.terminalEntry) }
        let head = write(bytes, headLength, edit)
        switch body {
        case .ours(let body): passOurs(head, body)
        case .asItCame, .kept: passTheirs(head)
        }
        guard isOpen, isBusy, case .responding = exchange.stage else { return bytes.count }
        let framing = exchange.responseBody
        let piece = consumeBody(bytes.dropFirst(headLength))
        if !exchange.dropsResponse { deliverBody(bytes.dropFirst(headLength).prefix(piece.count), from: framing) }
        guard isOpen, isBusy else { return bytes.count }
        passed(piece)
        return headLength + piece.count
    }

    // MARK: The head

    private func apply(_ order: RewriteOrder, to edit: inout HeadEdit) {
        if let status = order.status { edit.status = status }
        for name in order.removed { edit.remove(name) }
        for line in order.lines { edit.add(line.name, line.bytes) }
    }

    private func write(_ bytes: Bytes, _ headLength: Int, _ edit: HeadEdit) -> [UInt8] {
        var edit = edit
        for (name, value) in markFields(changingEntry) {
            edit.add(Array(name.utf8), Array("\(name): \(value)\r\n".utf8))
        }
        var head: [UInt8] = []
        worker.responses.head.write(bytes, headLength: headLength, edit: edit, to: &head)
        if let status = edit.status { exchange.status = UInt16(status) }
        return head
    }

    private var changingEntry: UInt16 {
        malformedPart == nil ? exchange.plan.rewrites.first?.entry ?? AttemptRecord.none : exchange.plan.terminalEntry
    }

    private func countInapplicable(_ entry: UInt16) { worker.count(.inapplicable, entry: entry) }

    /// A tunnel has no response to change.
    func countUnchanged() {
        for order in exchange.plan.rewrites { countInapplicable(order.entry) }
        if malformedPart != nil { countInapplicable(exchange.plan.terminalEntry) }
    }

    // MARK: What becomes of the body

    private enum BodyChange {
        case asItCame
        case ours([UInt8])
        case kept
    }

    /// Decides on the body, and in `edit` on its framing.
    private func bodyChange(_ edit: inout HeadEdit, _ bytes: Bytes) -> BodyChange {
        let response = worker.response
        let status = edit.status ?? response.status
        let isBare = status == 204 || status == 304
        guard let replacement = replacement(isBare: isBare) else {
            if hasPatch, isPatchable(isBare: isBare, bytes) { return .kept }
            if isBare, response.framing != .none { return without(&edit) }
            // A status that never has a body became one that tells its length.
            if !isBare, response.status == 204 || response.status == 304, !isHead { edit.framing = .length(0) }
            return .asItCame
        }
        edit.framing = .length(replacement.count)
        if !edit.adds(Self.contentEncoding) { edit.remove(Self.contentEncoding) }
        return .ours(isHead ? [] : replacement)
    }

    private static let contentEncoding = Array("content-encoding".utf8)
    private var isHead: Bool { exchange.facts.contains(.isHead) }

    private var hasPatch: Bool {
        exchange.plan.rewrites.contains { if case .patch = $0.body { true } else { false } }
    }

    private func without(_ edit: inout HeadEdit) -> BodyChange {
        edit.framing = .none
        return .ours([])
    }

    /// The body that replaces theirs, with the patches behind it; nil: none does.
    private func replacement(isBare: Bool) -> [UInt8]? {
        var body: [UInt8]?
        for order in exchange.plan.rewrites {
            switch order.body {
            case nil: break
            case .replace(let bytes): if isBare { countInapplicable(order.entry) } else { body = bytes }
            case .patch(let patch):
                guard let own = body else { break }
                body = patched(own, patch, order.entry)
            }
        }
        return body
    }

    private func patched(_ body: [UInt8], _ patch: MergePatch, _ entry: UInt16) -> [UInt8] {
        if let changed = patch.applied(to: body) { return changed }
        countInapplicable(entry)
        return body
    }

    /// Whether the body can be kept back and read; counts it when not.
    private func isPatchable(isBare: Bool, _ bytes: Bytes) -> Bool {
        let response = worker.response
        let encoding = worker.responses.head.header(Self.contentEncoding, in: bytes)?.string.lowercased() ?? "identity"
        let isShort = exchange.responseBody.declaredLength ?? 0 <= Int64(worker.limits.patchedBytes)
        let isPatchable = !isBare && response.framing != .none && encoding == "identity" && isShort
        if !isPatchable { countUnpatched() }
        return isPatchable
    }

    private func countUnpatched() {
        for order in exchange.plan.rewrites {
            if case .patch = order.body { countInapplicable(order.entry) }
        }
    }

    // MARK: Passing it on

    /// Their body follows behind `head`, cut short if a fault wants that.
    private func passTheirs(_ head: [UInt8]) {
        if case .truncate(let order) = exchange.terminal { prepareToTruncate(order) }
        deliverHead(head, length: exchange.responseBody.declaredLength)
    }

    /// `body` leaves in place of theirs, which is read and dropped.
    private func passOurs(_ head: [UInt8], _ body: [UInt8]) {
        exchange.dropsResponse = true
        deliverHead(head, length: Int64(body.count))
        guard isOpen, isBusy, case .responding = exchange.stage else { return }
        guard case .truncate(let order) = exchange.terminal else { return body.withBytes { deliver($0) } }
        guard let passing = order.passing(ofBodyLength: Int64(body.count)) else {
            countInapplicable(exchange.plan.terminalEntry)
            return body.withBytes { deliver($0) }
        }
        exchange.outcome = .injectedClose
        body.withBytes { deliver($0.prefix(Int(passing))) }
        truncate()
    }

    private func deliverHead(_ head: [UInt8], length: Int64?) {
        guard let part = malformedPart else { return deliverWhole(head) }
        exchange.keepsAlive = false
        if part == .chunk {
            deliverWhole(head)
            if exchange.outcome == .injectedClose { breakChunk() }
        } else {
            exchange.outcome = .injectedClose
            deliverWhole(Malformation.head(head, part, length: length))
        }
    }

    /// A head, which no fault of streams changes or counts.
    private func deliverWhole(_ head: [UInt8]) {
        responsePipe?.exempt(head.count)
        head.withBytes { deliver($0, isPayload: false) }
    }

    /// A chunk can only be broken where there is a body.
    private func breaksChunk(_ edit: inout HeadEdit, _ body: BodyChange) -> Bool {
        let hasBody = if case .ours(let bytes) = body { !bytes.isEmpty } else { worker.response.framing != .none }
        guard hasBody else { return false }
        edit.framing = .chunked
        exchange.outcome = .injectedClose
        return true
    }

    private func breakChunk() {
        Array(Malformation.chunk.utf8).withBytes { deliver($0, isPayload: false) }
        endEarly()
    }
}

// MARK: Responses that are kept back

extension HTTPSession {
    private func beginKeeping(_ bytes: Bytes, _ headLength: Int, _ edit: HeadEdit) -> Int {
        var edit = edit
        edit.framing = .none
        let head = write(bytes, headLength, edit)
        let kept = KeptResponse(worker: worker, openHead: head.dropLast(2), framing: worker.response.framing)
        keptResponse = kept
        exchange.dropsResponse = true
        let piece = consumeBody(bytes.dropFirst(headLength))
        keep(bytes.dropFirst(headLength).prefix(piece.count), kept)
        passed(piece)
        return headLength + piece.count
    }

    func keep(_ bytes: Bytes, _ kept: KeptResponse) {
        kept.append(bytes)
        guard kept.bytes.count > worker.limits.patchedBytes || worker.budget.isSpent else { return }
        countUnpatched()
        passUnpatched(kept)
    }

    /// What came leaves as it came, and the rest behind it.
    func passUnpatched(_ kept: KeptResponse) {
        keptResponse = nil
        exchange.dropsResponse = false
        // Where a cut would fall in what is already here is not known any more.
        if case .truncate = exchange.terminal { countInapplicable(exchange.plan.terminalEntry) }
        deliverHead(brokenHead(kept) ?? kept.originalHead, length: exchange.responseBody.declaredLength)
        guard isOpen, isBusy, case .responding = exchange.stage else { return }
        kept.bytes.withBytes { deliverBody($0, from: BodyFraming(exchange.responseBody.kind)) }
    }

    /// The head of a body whose first chunk will be broken; nil: none will.
    private func brokenHead(_ kept: KeptResponse) -> [UInt8]? {
        guard malformedPart == .chunk else { return nil }
        exchange.outcome = .injectedClose
        return kept.chunkedHead
    }

    /// The body is whole: out it goes, patched if it is JSON.
    func passKept() {
        guard let kept = keptResponse else { return }
        keptResponse = nil
        guard let body = kept.payload.flatMap(patched) else {
            countUnpatched()
            return passUnpatched(kept)
        }
        passOurs(brokenHead(kept) ?? kept.head(length: body.count), body)
    }

    /// With every patch; nil when it is no JSON.
    private func patched(_ body: [UInt8]) -> [UInt8]? {
        var body = body
        for order in exchange.plan.rewrites {
            guard case .patch(let patch) = order.body else { continue }
            guard let changed = patch.applied(to: body) else { return nil }
            body = changed
        }
        return body
    }
}
