// Where libevent's small pieces live. For every descriptor number that it has ever watched it keeps a record of a few bytes
// as long as its base lives. Made while a crowd comes in, these lie between the crowd's own memory, one or more in every
// page, and when the crowd has left not a page can be given back: 9,000 connections left 20 MB behind, 2 MB this way.
//
//      up to 64 bytes   a cell of one region of address space; the kernel fills in pages as they are used
//      more             malloc, as before
//
// Builds for Address or Thread Sanitizer have no cells: there each piece must be known to the sanitizer, and no lock of ours may
// put threads in an order that they do not have without it.
//
// Whoever gets memory from libevent must hand it back to libevent: never free(3) what it returned.

internal import CLibevent
import Glibc
import Synchronization
import Units

/// libevent's allocator, for the whole process.
enum LibeventMemory {
    /// Must be asked before anything else of libevent is used; the first time it takes effect.
    static let isOurs: Bool = {
        unsafe event_set_mem_functions(allocate, resize, giveBack)
        return true
    }()
}

private let cells = CellRegion()

private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    if size <= CellRegion.cellBytes, let cell = unsafe cells.take() { return unsafe cell }
    return unsafe malloc(size)
}

private func resize(_ memory: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    guard let memory = unsafe memory else { return unsafe allocate(size) }
    guard unsafe cells.holds(memory) else { return unsafe realloc(memory, size) }
    if size <= CellRegion.cellBytes { return unsafe memory }
    guard let larger = unsafe malloc(size) else { return nil }
    unsafe larger.copyMemory(from: memory, byteCount: CellRegion.cellBytes)
    unsafe cells.giveBack(memory)
    return unsafe larger
}

private func giveBack(_ memory: UnsafeMutableRawPointer?) {
    guard let memory = unsafe memory else { return }
    if unsafe cells.holds(memory) { unsafe cells.giveBack(memory) } else { unsafe free(memory) }
}

/// Cells of one size. A cell that was given back holds the address of the one before it.
private final class CellRegion: Sendable {
    static let cellBytes = 64
    #if SANITIZE_ADDRESS || SANITIZE_THREAD
        private static let regionBytes = 0
    #else
        /// Address space, not memory: a million cells.
        private static let regionBytes = 64 << 20
    #endif

    private struct State {
        /// The first cell that was never taken.
        var fresh: UInt
        /// The last cell that was given back; 0: none.
        var returned: UInt = 0
    }

    private let region: Range<UInt>
    private let state: Lock<State>

    /// Without address space there are no cells.
    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let memory = unsafe mmap(nil, Self.regionBytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        let isMapped = unsafe memory != MAP_FAILED
        let start = isMapped ? UInt(bitPattern: memory) : 0
        region = start..<start + (isMapped ? UInt(Self.regionBytes) : 0)
        state = Lock(State(fresh: start))
    }

    func holds(_ memory: UnsafeMutableRawPointer) -> Bool { region.contains(UInt(bitPattern: memory)) }

    /// nil when all are taken.
    func take() -> UnsafeMutableRawPointer? {
        if region.isEmpty { return nil }
        let address = state.withLock { state -> UInt in
            if let cell = unsafe UnsafeMutableRawPointer(bitPattern: state.returned) {
                state.returned = unsafe cell.load(as: UInt.self)
                return UInt(bitPattern: cell)
            }
            guard state.fresh < region.upperBound else { return 0 }
            defer { state.fresh += UInt(Self.cellBytes) }
            return state.fresh
        }
        return unsafe UnsafeMutableRawPointer(bitPattern: address)
    }

    func giveBack(_ cell: UnsafeMutableRawPointer) {
        state.withLock { state in
            unsafe cell.storeBytes(of: state.returned, as: UInt.self)
            state.returned = UInt(bitPattern: cell)
        }
    }
}
