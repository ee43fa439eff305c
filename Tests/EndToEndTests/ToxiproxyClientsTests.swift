// Real clients, unchanged, in front of a real Redis with its own client.

import TestSupport
import Testing

@Suite("Clients of Toxiproxy work unchanged", .serialized)
struct ToxiproxyClientsTests {
    @Test("toxiproxy-python makes, poisons, disables, fills in and destroys proxies of a Redis")
    func toxiproxyPython() throws {
        try Scratch.withDirectory { directory in
            let clients = try ToxiproxyClients(
                in: directory, installing: ["toxiproxy-python==0.1.1", "redis", "requests"])
            let result = try clients.run(Self.toxiproxyPythonScript)
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            #expect(result.output.hasSuffix("done\n"))
            #expect(clients.product.isRunning)
        }
    }

    private static let toxiproxyPythonScript = """
        import json, time, redis
        from toxiproxy import Toxiproxy
        from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

        def raises(error, text, body):
            try:
                body()
            except error as problem:
                assert text in str(problem), problem
            else:
                raise AssertionError(text)

        def client(proxy, **options):
            host, port = proxy.listen.split(":")
            return redis.Redis(host=host, port=int(port), retry=None, **options)

        def seconds(body):
            began = time.monotonic()
            body()
            return time.monotonic() - began

        server = Toxiproxy()
        assert server.running()
        assert tuple(map(int, json.loads(server.version())["version"].split("."))) >= (2, 6, 0)
        assert server.proxies() == {}

        proxy = server.create(name="redis", upstream="127.0.0.1:%d" % PORT)
        assert proxy.enabled and not proxy.listen.endswith(":0")
        cache = client(proxy)
        assert cache.ping()
        cache.set("key", "value" * 10000)

        proxy.add_toxic(type="latency", attributes={"latency": 200, "jitter": 0})
        assert seconds(cache.ping) >= 0.199
        toxic = proxy.get_toxic("latency_downstream")
        assert toxic.attributes == {"latency": 200, "jitter": 0} and toxic.toxicity == 1
        raises(ProxyExists, "toxic already exists", lambda: proxy.add_toxic(type="latency"))
        raises(InvalidToxic, "invalid toxic type", lambda: proxy.add_toxic(type="flood"))
        raises(InvalidToxic, "stream was invalid", lambda: proxy.add_toxic(type="latency", name="x", stream="both"))
        raises(ProxyExists, "already exists", lambda: server.create(name="redis", upstream="a:1"))
        assert proxy.destroy_toxic("latency_downstream")
        raises(NotFound, "toxic not found", lambda: proxy.destroy_toxic("latency_downstream"))
        assert proxy.toxics() == {}

        proxy.add_toxic(type="slicer", attributes={"average_size": 100, "size_variation": 50, "delay": 10})
        assert cache.get("key") == b"value" * 10000
        proxy.add_toxic(name="cut", type="bandwidth", stream="upstream", attributes={"rate": 0})
        raises(redis.TimeoutError, "", client(proxy, socket_timeout=0.3).ping)
        assert server.reset()
        assert cache.ping() and proxy.toxics() == {}

        proxy.add_toxic(type="limit_data", attributes={"bytes": 100})
        raises(redis.ConnectionError, "", lambda: client(proxy).get("key"))
        proxy.destroy_toxic("limit_data_downstream")
        proxy.add_toxic(type="reset_peer", attributes={"timeout": 0})
        raises(redis.ConnectionError, "", client(proxy).ping)
        proxy.destroy_toxic("reset_peer_downstream")
        proxy.add_toxic(type="timeout", attributes={"timeout": 200})
        raises(redis.ConnectionError, "", client(proxy).ping)
        assert server.reset()

        with proxy.down():
            raises(redis.ConnectionError, "", client(proxy).ping)
            assert not server.get_proxy("redis").enabled
        assert client(proxy).ping()

        other = [{"name": "other", "upstream": "127.0.0.1:%d" % PORT, "listen": "127.0.0.1:0"}]
        assert [each.name for each in server.populate(other)] == ["other"]
        assert client(server.get_proxy("other")).ping()
        server.destroy_all()
        assert server.proxies() == {}
        raises(redis.ConnectionError, "", client(proxy).ping)
        print("done")
        """

    @Test("chaostoolkit-toxiproxy plays an experiment against a Redis: deviates under a toxic, and rolls back")
    func chaosToolkit() throws {
        try Scratch.withDirectory { directory in
            let clients = try ToxiproxyClients(
                in: directory, installing: ["chaostoolkit-toxiproxy==0.3.1", "chaostoolkit-lib", "requests", "logzero"])
            let result = try clients.run(Self.chaosToolkitScript)
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            #expect(result.output.hasSuffix("done\n"))
            #expect(clients.product.isRunning)
        }
    }

    private static let chaosToolkitScript = """
        import subprocess, time
        from chaoslib.experiment import run_experiment
        from chaostoxi.proxy import actions, probes
        from chaostoxi.toxic import actions as toxics

        api = {"toxiproxy_host": "127.0.0.1", "toxiproxy_port": 8474}

        def ping(port, seconds):
            command = ["redis-cli", "-p", str(port), "ping"]
            try:
                # Its end by SIGKILL: a test runner's children may block all others.
                result = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
            except subprocess.TimeoutExpired:
                return False
            return result.stdout.strip() == "PONG"

        assert actions.create_proxy("redis", "127.0.0.1", PORT, "127.0.0.1", 0, configuration=api)
        port = int(api["redis_PORT"])
        assert ping(port, 5)
        assert probes.proxy_exist("redis", api) and not probes.proxy_exist("none", api)
        assert probes.get_proxy_attribute("redis", "enabled", api) is True

        # Each kind by its own action, on one connection after the other.
        began = time.monotonic()
        assert toxics.create_latency_toxic("redis", "slow", 300, 20, api)
        assert ping(port, 5) and time.monotonic() - began >= 0.279
        assert toxics.create_bandwith_degradation_toxic("redis", "narrow", 100, api)
        assert toxics.create_slow_connection_close_toxic("redis", "lingering", 100, api)
        assert toxics.create_slicer_toxic("redis", "pieces", 2, 1, 100, api)
        assert ping(port, 5)
        assert toxics.create_limiter_toxic("redis", "short", 3, api)
        assert not ping(port, 5)
        assert toxics.delete_toxic("redis", "short", api) and ping(port, 5)
        assert toxics.create_timeout_toxic("redis", "silence", 0, api)
        assert not ping(port, 1)
        assert toxics.create_toxic("redis", "plain", "noop", configuration=api)
        assert len(probes.get_proxy_attribute("redis", "toxics", api)) == 6
        assert actions.reset(api) and ping(port, 5)

        assert actions.disable_proxy("redis", api) and not ping(port, 5)
        assert actions.enable_proxy("redis", api) and int(api["redis_PORT"]) == port and ping(port, 5)

        def action(name, module, function, **arguments):
            provider = {"type": "python", "module": module, "func": function, "arguments": arguments}
            return {"type": "action", "name": name, "provider": provider}

        experiment = {
            "version": "1.0.0", "title": "A slow cache", "description": "It answers within half a second.",
            "configuration": {"toxiproxy_host": "127.0.0.1", "toxiproxy_port": "8474"},
            "steady-state-hypothesis": {"title": "It answers", "probes": [{
                "type": "probe", "name": "ping", "tolerance": 0,
                "provider": {"type": "process", "path": "timeout",
                             "arguments": ["-s", "KILL", "2", "redis-cli", "-p", str(port), "ping"]}}]},
            "method": [action("slow", "chaostoxi.toxic.actions", "create_latency_toxic",
                              for_proxy="redis", toxic_name="slow", latency=60000)],
            "rollbacks": [action("heal", "chaostoxi.toxic.actions", "delete_toxic",
                                 for_proxy="redis", toxic_name="slow")],
        }
        journal = run_experiment(experiment)
        before, after = (journal["steady_states"][when]["steady_state_met"] for when in ("before", "after"))
        assert (before, after, journal["deviated"]) == (True, False, True), journal
        assert [run["status"] for run in journal["run"] + journal["rollbacks"]] == ["succeeded"] * 2, journal
        assert ping(port, 5)
        actions.delete_proxy("redis", api)
        assert not probes.proxy_exist("redis", api)
        print("done")
        """
}
