import Testing
import Units

@Suite("Shares, bytes and rates as text")
struct QuantitiesTextTests {
    @Test(
        "a percentage reads and prints",
        arguments: [("30%", 0.3), ("99.9%", 0.999), ("0%", 0), ("100%", 1), ("250%", 2.5)])
    func percentages(_ text: String, _ fraction: Double) throws {
        let share = try Percentage(text: text)
        #expect(abs(share.fraction - fraction) < 1e-12)
        #expect(share.description == text)
    }

    @Test(
        "a byte count reads",
        arguments: [
            ("64KiB", 65_536), ("1MB", 1_000_000), ("512B", 512), ("1.5KB", 1_500), ("0B", 0), ("1GiB", 1_073_741_824),
        ])
    func byteCounts(_ text: String, _ bytes: Int64) throws {
        #expect(try ByteCount(text: text).bytes == bytes)
    }

    @Test(
        "a byte count prints in the largest unit that it fills",
        arguments: [
            (65_536, "64KiB"), (1_000_000, "1MB"), (512, "512B"), (1_500, "1500B"), (0, "0B"), (3 << 30, "3GiB"),
        ])
    func printsBytes(_ bytes: Int64, _ text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test("a rate reads and prints", arguments: [("10MB/s", 10e6), ("512B/s", 512), ("2KB/s", 2_000), ("0.5B/s", 0.5)])
    func byteRates(_ text: String, _ rate: Double) throws {
        let read = try ByteRate(text: text)
        #expect(read.bytesPerSecond == rate)
        #expect(read.description == text)
    }

    @Test("occurrences per second read and print", arguments: [("100/s", 100.0), ("0.5/s", 0.5)])
    func eventRates(_ text: String, _ rate: Double) throws {
        #expect(try EventRate(text: text).perSecond == rate)
        #expect(EventRate(perSecond: rate).description == text)
    }

    @Test("bare and mistyped numbers are refused with the likely unit")
    func refusals() {
        #expect { try Percentage(text: "30") } throws: { "\($0)" == #""30" has no unit; did you mean 30%?"# }
        #expect { try Percentage(text: "0.3") } throws: { "\($0)" == #""0.3" has no unit; did you mean 30%?"# }
        #expect { try Percentage(text: "-1%") } throws: { "\($0)".contains("is not a percentage") }
        #expect { try ByteCount(text: "64") } throws: { "\($0)" == #""64" has no unit; did you mean 64B?"# }
        #expect { try ByteCount(text: "64kb") } throws: { "\($0)".hasSuffix("did you mean 64KB?") }
        #expect { try ByteCount(text: "0.5B") } throws: { "\($0)" == #""0.5B" is not a whole number of bytes"# }
        #expect { try ByteCount(text: "9999999TB") } throws: { "\($0)" == #""9999999TB" is more than 1000000TB"# }
        #expect { try ByteRate(text: "10MB") } throws: {
            "\($0)" == #""10MB" is a number of bytes, not a rate; did you mean 10MB/s?"#
        }
        #expect { try ByteRate(text: "10") } throws: { "\($0)" == #""10" has no unit; did you mean 10B/s?"# }
        #expect { try EventRate(text: "100") } throws: { "\($0)" == #""100" has no unit; did you mean 100/s?"# }
        #expect { try EventRate(text: "100/m") } throws: { "\($0)" == #""100/m" is not a rate such as 100/s"# }
    }
}
