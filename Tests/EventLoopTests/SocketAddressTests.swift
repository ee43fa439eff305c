import Testing

@testable import EventLoop

@Suite("Socket addresses")
struct SocketAddressTests {
    @Test(
        "numeric forms print as they were written",
        arguments: [
            ("127.0.0.1", "127.0.0.1:80"), ("10.1.2.3", "10.1.2.3:80"), ("::1", "[::1]:80"),
            ("2001:db8::5", "[2001:db8::5]:80"),
        ])
    func roundTrip(host: String, printed: String) throws {
        let address = try #require(SocketAddress(numeric: host, port: 80))
        #expect(address.description == printed)
    }

    @Test("names are not addresses", arguments: ["localhost", "1.2.3", "", "::g", "256.1.1.1"])
    func names(text: String) {
        #expect(SocketAddress(numeric: text, port: 1) == nil)
    }

    @Test("the hosts file knows localhost, prefers IPv4, and passes over nonsense")
    func hosts() {
        let hosts = HostsFile(text: "::1 db # comment\n10.0.0.7 db DB2\nnonsense here\n")
        #expect(hosts["db"]?.map(\.host) == ["10.0.0.7", "::1"])
        #expect(hosts["db2"]?.map(\.host) == ["10.0.0.7"])
        #expect(hosts["localhost"]?.map(\.host) == ["127.0.0.1"])
        #expect(hosts["nothing"] == nil)
    }
}
