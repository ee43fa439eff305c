// The allocator keeps what was freed, in case it is wanted again. After a crowd has left, it is not.

internal import CLibevent

/// The process's heap.
package enum SystemMemory {
    /// Gives free pages of all arenas back to the system (malloc_trim(3)); takes a millisecond or so per 10 MB.
    package static func giveBack() {
        malloc_trim(0)
    }
}
