// Random changes to good and bad messages, from a fixed seed: no crash, nothing read beyond the bytes, and the same
// answer whether the bytes come at once or one by one. Also the eight-bytes-at-once answers against the plain ones.

import Testing
import Units

@testable import HTTP1

/// SplitMix64: small, and the same everywhere.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

@Suite("Fuzz")
struct FuzzTests {
    private static let spice: [UInt8] = Array("\r\n\t :;,=?/\0\u{7F}019afAFxX-".utf8) + [0x80, 0xFF]

    private func mutate(_ seed: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = FuzzTests.spice.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = byte
            case 1: bytes.insert(byte, at: index)
            case 2: bytes.remove(at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + 9))
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 30)], at: index)
            }
        }
        return bytes
    }

    @Test("changed requests are answered the same at once and byte by byte")
    func requests() {
        var generator = Generator(state: 1)
        let seeds = RequestHeadTests.good.filter { $0.utf8.count < 300 } + SmugglingTests.all.map(\.head)
        var whole = RequestHead()
        var split = RequestHead()
        for _ in 0..<4000 {
            let bytes = mutate(Array((seeds.randomElement(using: &generator) ?? "").utf8), &generator)
            bytes.withBytes { view in
                var scanned = 0
                let result = whole.parse(view, scanned: &scanned)
                if case .complete(let length) = result { #expect(length <= view.count) }
                scanned = 0
                var last = ParseResult.incomplete
                for count in 0...view.count where last == .incomplete {
                    last = split.parse(view.prefix(count), scanned: &scanned)
                    #expect(scanned <= count + 1)
                }
                // A fault in a line may be told before the head ends, or only then.
                #expect(last == result || (last == .incomplete && result.error != nil))
                guard case .complete(let length) = result else { return }
                var output: [UInt8] = []
                whole.rewrite(view, headLength: length, host: Array("b".utf8), to: &output)
                scanned = 0
                #expect(output.withBytes { split.parse($0, scanned: &scanned) } != .incomplete)
            }
        }
    }

    @Test("a rewritten request is complete, keeps its framing and has nothing more to cut")
    func rewritten() {
        var generator = Generator(state: 2)
        let seeds = HopByHopTests.cut.map { HopByHopTests.start + $0.0 + "\r\n" }
        var head = RequestHead()
        var again = RequestHead()
        for _ in 0..<4000 {
            let bytes = mutate(Array((seeds.randomElement(using: &generator) ?? "").utf8), &generator)
            bytes.withBytes { view in
                var scanned = 0
                guard case .complete(let length) = head.parse(view, scanned: &scanned) else { return }
                var output: [UInt8] = []
                head.rewrite(view, headLength: length, to: &output)
                scanned = 0
                let result = output.withBytes { again.parse($0, scanned: &scanned) }
                #expect(result == .complete(headLength: output.count))
                #expect(again.framing == head.framing)
                #expect(again.keepAlive == head.keepAlive)
                #expect(again.facts == head.facts)
                #expect(again.passesUnchanged)
            }
        }
    }

    @Test("changed responses never read beyond their bytes")
    func responses() {
        var generator = Generator(state: 3)
        let seeds = ResponseHeadTests.framed.map(\.head) + ResponseHeadTests.refused.map(\.0)
        var head = ResponseHead()
        for _ in 0..<4000 {
            let bytes = mutate(Array((seeds.randomElement(using: &generator) ?? "").utf8), &generator)
            bytes.withBytes { view in
                var scanned = 0
                if case .complete(let length) = head.parse(view, scanned: &scanned, answering: []) {
                    #expect(length <= view.count)
                }
            }
        }
    }

    @Test("changed chunked bodies are followed the same in pieces of any size")
    func bodies() {
        var generator = Generator(state: 4)
        let seeds = BodyFramingTests.whole.map(\.0) + BodyFramingTests.broken.map(\.0)
        for _ in 0..<4000 {
            let bytes = mutate(Array((seeds.randomElement(using: &generator) ?? "").utf8), &generator)
            var whole = BodyFraming(.chunked)
            let expected = bytes.withBytes { whole.consume($0) }
            #expect(expected.count <= bytes.count)
            var pieces = BodyFraming(.chunked)
            var total = BodyFraming.Consumption()
            while total.count < bytes.count, !total.isComplete, total.error == nil {
                let size = Int.random(in: 1...7, using: &generator)
                let part = bytes.withBytes { pieces.consume($0.dropFirst(total.count).prefix(size)) }
                total.count += part.count
                total.payload += part.payload
                total.isComplete = part.isComplete
                total.error = part.error
            }
            #expect(total == expected)
        }
    }

    @Test("eight bytes at once find what a byte at a time finds")
    func lanes() {
        var generator = Generator(state: 5)
        for round in 0..<20_000 {
            let length = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<length).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : FuzzTests.spice.randomElement(using: &generator) ?? 0
            }
            let offset = Int.random(in: 0...length, using: &generator)
            agree(Controls.self, bytes, offset)
            agree(OutsidePlainNames.self, bytes, offset)
            agree(OutsidePlainHosts.self, bytes, offset)
            agree(PathEnds.self, bytes, offset)
            agree(TargetEnds.self, bytes, offset)
        }
    }

    private func agree<Set: ByteSet>(_ set: Set.Type, _ bytes: [UInt8], _ offset: Int) {
        let plain = bytes[offset...].firstIndex(where: Set.contains) ?? bytes.count
        #expect(bytes.withBytes { Scanner.first(set, in: $0, from: offset) } == plain)
    }

    @Test("every byte is in the class that the RFC gives it")
    func classes() {
        let token = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let host = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~!$&'()*+;=%:[]".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ASCII.isToken(byte) == token.contains(byte))
            #expect(ASCII.isHost(byte) == host.contains(byte))
        }
    }
}
