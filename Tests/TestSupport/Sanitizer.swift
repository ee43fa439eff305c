// What a test must know about `scripts/test --sanitize=…`: instrumented code is slower and larger, and a bound on time or
// memory that is right for the product would only measure the sanitizer. Such a bound is multiplied, never left out.

/// How the tests, and the product beside them, are built.
package enum Sanitizer {
    #if SANITIZE_THREAD
        package static let name: String? = "ThreadSanitizer"
    #elseif SANITIZE_ADDRESS
        package static let name: String? = "AddressSanitizer"
    #else
        package static let name: String? = nil
    #endif

    /// How many times as long something may take: 5 to 15 is usual, more is for loops over bytes in a debug build.
    package static let slowdown = name == nil ? 1 : 10

    /// How many times as much memory: there are shadows of it and zones around it, and Address Sanitizer keeps the last
    /// 256 MiB that were freed, to catch their use.
    package static let growth = name == nil ? 1 : 5
}
