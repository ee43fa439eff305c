import Testing

@testable import EventLoop
import Units

@Suite("Byte queue")
struct ByteQueueTests {
    @Test("gives back what was put in, in order, whatever the sizes")
    func order() {
        let queue = ByteQueue()
        var expected: [UInt8] = []
        var taken: [UInt8] = []
        for round in 0..<500 {
            let chunk = (0..<(round * 37 % 3000)).map { UInt8(truncatingIfNeeded: $0 &+ round) }
            chunk.withBytes { queue.append($0) }
            expected += chunk
            let part = queue.withBytes(limit: round * 53 % 2500) { $0.array }
            queue.removeFirst(part.count)
            taken += part
        }
        taken += queue.withBytes { $0.array }
        #expect(taken == expected)
    }

    @Test("an emptied queue holds no bytes and takes new ones")
    func emptied() {
        let queue = ByteQueue()
        [1, 2, 3].withBytes { queue.append($0) }
        queue.removeFirst(3)
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
        [4].withBytes { queue.append($0) }
        #expect(queue.withBytes { $0.array } == [4])
    }
}
