// A real origin and a real client, with and without the proxy between them: the same bytes.

import Foundation
import TestSupport
import Testing

@Suite("Real servers and clients cannot tell that the proxy is there", .serialized)
struct RealPeersTests {
    @Test("nginx and curl: every kind of request gives the same answer with and without the proxy")
    func nginx() throws {
        try Scratch.withDirectory { directory in
            let nginx = try Nginx(in: directory)
            let product = try RunningProduct(["proxy", "127.0.0.1:0=127.0.0.1:\(nginx.port)"])
            let port = try product.port(after: "http://127.0.0.1:")
            for arguments in Self.requests {
                // Once before it counts: an upload is answered 201 the first time and 204 from then on.
                _ = try Tool.curl(arguments, port: nginx.port, in: directory)
                let direct = try Tool.curl(arguments, port: nginx.port, in: directory)
                let proxied = try Tool.curl(arguments, port: port, in: directory)
                #expect(direct == proxied, "curl \(arguments.joined(separator: " "))")
                #expect(!direct.isEmpty)
            }
            withExtendedLifetime((nginx, product)) {}
        }
    }

    /// PORT stands for the port; each is sent twice on one connection.
    static let requests: [[String]] = [
        ["http://127.0.0.1:PORT/", "http://127.0.0.1:PORT/"],
        ["-I", "http://127.0.0.1:PORT/", "http://127.0.0.1:PORT/"],
        ["http://127.0.0.1:PORT/file", "http://127.0.0.1:PORT/file"],
        ["-r", "100-199", "http://127.0.0.1:PORT/file"],
        ["--compressed", "http://127.0.0.1:PORT/file"],
        ["http://127.0.0.1:PORT/missing", "http://127.0.0.1:PORT/"],
        ["http://127.0.0.1:PORT/empty", "http://127.0.0.1:PORT/"],
        ["-X", "OPTIONS", "http://127.0.0.1:PORT/"],
        ["--http1.0", "http://127.0.0.1:PORT/file"],
        ["-H", "Connection: close", "http://127.0.0.1:PORT/file"],
        ["-H", "Expect: 100-continue", "-T", "upload", "http://127.0.0.1:PORT/put/one"],
        ["-H", "Transfer-Encoding: chunked", "-T", "upload", "http://127.0.0.1:PORT/put/two"],
    ]

    @Test("2 GB come down and go up with the same checksum, in constant memory")
    func large() throws {
        try Scratch.withDirectory { directory in
            let nginx = try Nginx(in: directory)
            let product = try RunningProduct(["proxy", "127.0.0.1:0=127.0.0.1:\(nginx.port)", "--workers", "1"])
            let port = try product.port(after: "http://127.0.0.1:")
            let script = """
                set -e -o pipefail
                truncate -s 2147483648 files/big
                for block in 0 500 1000 1500 2000; do
                    head -c 1048576 /dev/urandom | dd of=files/big bs=1048576 seek=$block conv=notrunc status=none
                done
                want=$(sha1sum < files/big)
                [ "$(curl -sf http://127.0.0.1:\(port)/big | sha1sum)" = "$want" ] || { echo "download differs"; exit 1; }
                curl -sf -T files/big http://127.0.0.1:\(port)/put/big
                [ "$(sha1sum < files/put/big)" = "$want" ] || { echo "upload differs"; exit 1; }
                """
            let result = try Tool.shell(script, in: directory)
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            let memory = try #require(product.residentKilobytes)
            #expect(memory < 200_000 * Sanitizer.growth, "\(memory) KiB resident after 4 GB")
            withExtendedLifetime(nginx) {}
        }
    }

    @Test("Redis: its own client and benchmark work unchanged, pipelines and pub/sub included")
    func redis() throws {
        try Scratch.withDirectory { directory in
            let redis = try Redis(in: directory)
            let product = try RunningProduct([
                "proxy", "127.0.0.1:0=127.0.0.1:\(redis.port)", "--protocol", "tcp",
            ])
            let port = try product.port(after: "127.0.0.1:")
            let script = """
                set -e -o pipefail
                redis() { redis-cli -p "$1" "${@:2}"; }
                for port in \(redis.port) \(port); do
                    redis $port flushall
                    redis $port set key "$(seq 1 20000)" > /dev/null
                    redis $port get key | sha1sum
                    seq 1 5000 | sed 's/.*/rpush list item-&/' | redis-cli -p $port --pipe | tail -1
                    redis $port lrange list 0 -1 | sha1sum
                    timeout 20 redis-cli -p $port subscribe news > got.$port &
                    until [ "$(redis $port pubsub numsub news | tail -1)" = 1 ]; do :; done
                    redis $port publish news hello
                    until grep -q hello got.$port; do :; done
                    redis $port client kill type pubsub
                    wait
                done > seen
                redis-benchmark -p \(port) -n 20000 -c 50 -P 16 -t get,set,lrange_100 -q > /dev/null
                half=$(($(wc -l < seen) / 2))
                diff <(head -n $half seen) <(tail -n $half seen)
                """
            let result = try Tool.shell(script, in: directory)
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            withExtendedLifetime((redis, product)) {}
        }
    }
}
