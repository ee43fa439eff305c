// PostgreSQL and its own clients, with and without the proxy between them: what they print is the same.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("PostgreSQL and its clients cannot tell that the proxy is there", .serialized)
struct PostgresTests {
    @Test("psql and pgbench: queries, errors, COPY, prepared statements, LISTEN and NOTIFY, cancel requests")
    func unchanged() throws {
        try Scratch.withDirectory { directory in
            let postgres = try Postgres(in: directory)
            let product = try RunningProduct([
                "proxy", "127.0.0.1:0=127.0.0.1:\(postgres.port)", "--protocol", "tcp",
            ])
            let port = try product.port(after: "127.0.0.1:")
            let result = try Tool.shell(Self.script(direct: postgres.port, proxied: port), in: directory)
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            withExtendedLifetime((postgres, product)) {}
        }
    }

    /// The same work on each port; what it prints first must be what it prints second. A session that LISTENs hears only
    /// when it asks something, so it asks until it has heard. A query is cancelled by Ctrl-C, as a user would: psql then
    /// sends its request on a connection of its own.
    static func script(direct: UInt16, proxied: UInt16) -> String {
        #"""
        set -e -o pipefail
        export PGUSER=postgres PGHOST=127.0.0.1 PGCONNECT_TIMEOUT=30 PGOPTIONS='-c client_min_messages=warning'
        trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
        sql() { timeout 60 psql -XqAt -p "$1" "${@:2}"; }
        sleeping="select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
        for port in \#(direct) \#(proxied); do
            sql $port -c 'drop table if exists bulk' -c 'create table bulk (id int, text text)'
            seq 1 200000 | sed 's/.*/&\tline & of many/' > rows
            sql $port -c 'copy bulk from stdin' < rows
            sql $port -c 'copy bulk to stdout' | cmp - rows
            sql $port -c "select string_agg(repeat(md5(id::text), 10), '') from bulk where id < 20000" | sha1sum
            sql $port -c 'select 1/0' 2>&1 || echo "exit $?"
            timeout 60 pgbench -i -q -s 1 -p $port postgres 2> initialised || cat initialised
            for options in '-M simple' '-M extended' '-M prepared' '-C'; do
                timeout 60 pgbench -n -c 8 -j 2 -t 20 $options -p $port postgres | grep 'actually processed'
            done
            (
                echo "listen news; select 'listening';"
                until grep -q Async heard.$port; do echo 'select 1;'; sleep 0.02; done
            ) 2> /dev/null | sql $port > heard.$port &
            until grep -q listening heard.$port 2> /dev/null; do sleep 0.02; done
            sql $port -c "notify news, 'hello'"
            wait $!
            grep -o '.*payload "hello"' heard.$port
            env --default-signal=INT psql -XqAt -p $port -c 'select pg_sleep(600)' > cancelled.$port 2>&1 &
            until [ "$(sql $port -c "$sleeping")" = 1 ]; do sleep 0.02; done
            kill -INT $!
            wait $! || echo "exit $?"
            cat cancelled.$port
        done > seen
        [ "$(grep -c 'canceling statement' seen)" = 2 ] || { cat seen; exit 1; }
        half=$(($(wc -l < seen) / 2))
        diff <(head -n $half seen) <(tail -n $half seen)
        """#
    }
}

/// A database of its own; as nobody when the tests run as root, which PostgreSQL refuses.
final class Postgres: PeerProcess {
    init(in directory: URL) throws {
        let data = directory.appending(path: "data").path
        let prepared = try Tool.shell(
            """
            set -e
            mkdir -m 700 \(data)
            [ $(id -u) != 0 ] || chown nobody \(data)
            \(Self.unprivileged) \(Self.program("initdb")) -D \(data) -U postgres -A trust --no-sync --locale=C -E UTF8
            """, in: directory)
        if prepared.status != 0 { throw TestSocketError.failed(prepared.output + prepared.errors, prepared.status) }
        try super.init("/usr/bin/env", in: directory) { port in
            let settings = ["unix_socket_directories=", "fsync=off"].flatMap { ["-c", $0] }
            let server = [Self.program("postgres"), "-D", data, "-h", "127.0.0.1", "-p", "\(port)"] + settings
            return Self.unprivileged.split(separator: " ").map(String.init) + server
        }
    }

    /// Immediate shutdown: its processes go, and what they share.
    override var lastSignal: Int32 { SIGQUIT }

    /// Debian keeps each version in a folder of its own; the newest.
    private static func program(_ name: String) -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return "/usr/lib/postgresql/\(versions.max() ?? "none")/bin/\(name)"
    }

    private static var unprivileged: String {
        getuid() == 0 ? "setpriv --reuid=nobody --regid=nogroup --clear-groups" : "env"
    }
}
