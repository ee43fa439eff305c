// `scripts/test --sanitize=…` means the product as well as the tests: what they start must be built as they are.

import TestSupport
import Testing

@Suite("Under a sanitizer")
struct SanitizedProductTests {
    @Test("the product that tests start is under it too, and in a plain build it is not")
    func isUnderTheSameSanitizer() throws {
        // The run-time library of a sanitizer lists its flags when it is asked to, and the program goes on.
        let asking = ["ASAN_OPTIONS": "help=1", "TSAN_OPTIONS": "help=1"]
        let result = try Product.run(["faults"], environment: asking)
        #expect(result.status == 0)
        let name = Sanitizer.name.map { "Available flags for \($0):" }
        let lists = result.errors.split(separator: "\n").filter { $0.hasPrefix("Available flags for") }.map(String.init)
        #expect(lists.first == name, "\(result.errors)")
    }
}
