// How many files and sockets this process may have open.

import Glibc

/// The process's table of descriptors.
package enum DescriptorTable {
    /// Its size (`ulimit -n`).
    package static var size: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many are taken, as far as they were given out from the bottom: the lowest that is free.
    package static var taken: Int {
        let lowest = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard lowest >= 0 else { return size }
        close(lowest)
        return Int(lowest)
    }
}
