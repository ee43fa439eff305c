"""Who is measured: each target can start as an HTTP proxy, a TCP proxy, and what else it knows (a mode).

http    keep-alive HTTP/1.1 proxy                    rules   the same with three rules that match and do not fire
tcp     plain TCP proxy                              delay   HTTP, every request delayed by 10 ms
"""

from . import configurations, install
from .machine import CLIENT_CORE, PROXY_CORE
from .processes import Server, free_port

MEBIBYTE = 1024 * 1024
RULES = [
    f'{{ name: rule-{n}, service: measured, match: {{ path: "/**" }}, share: 0.00001%, latency: 1ms }}'
    for n in range(1, 4)
]


def start_origin(workspace):
    folder = subfolder(workspace, "origin")
    (folder / "bulk").write_bytes(b"x" * MEBIBYTE)
    port = free_port()
    command = [
        "/usr/sbin/nginx",
        "-p",
        folder,
        "-c",
        written(folder, "nginx.conf", configurations.origin(folder, port)),
    ]
    return Server("origin", command, port, CLIENT_CORE, folder / "log").start()


class Target:
    """A proxy that can be started in some modes in front of an origin."""

    name = ""
    modes = frozenset()

    def server(self, mode, origin, workspace):
        """A server that is not started yet."""
        folder = subfolder(workspace, f"{self.name}-{mode}")
        port = free_port()
        command = self.command(mode, port, origin.port, folder)
        return Server(f"{self.name} {mode}", command, port, PROXY_CORE, folder / "log")

    def command(self, mode, port, upstream, folder):
        raise NotImplementedError


class Nginx(Target):
    name = "nginx"
    modes = frozenset({"http", "tcp"})

    def command(self, mode, port, upstream, folder):
        text = {"http": configurations.nginx_http, "tcp": configurations.nginx_tcp}[mode](folder, port, upstream)
        return ["/usr/sbin/nginx", "-p", folder, "-c", written(folder, "nginx.conf", text)]


class HAProxy(Target):
    name = "haproxy"
    modes = frozenset({"http", "tcp"})

    def command(self, mode, port, upstream, folder):
        text = configurations.haproxy(mode, port, upstream)
        return ["/usr/sbin/haproxy", "-db", "-f", written(folder, "haproxy.cfg", text)]


class Envoy(Target):
    name = "envoy"
    modes = frozenset({"http", "tcp", "delay"})

    def command(self, mode, port, upstream, folder):
        text = {
            "http": lambda: configurations.envoy_http(port, upstream),
            "delay": lambda: configurations.envoy_http(port, upstream, delay="0.010s"),
            "tcp": lambda: configurations.envoy_tcp(port, upstream),
        }[mode]()
        flags = ["--concurrency", 1, "--disable-hot-restart", "--log-level", "error"]
        return [install.envoy(), "-c", written(folder, "envoy.json", text), *flags]


class Brownout(Target):
    name = "brownout"
    modes = frozenset({"http", "tcp", "rules", "delay"})

    def command(self, mode, port, upstream, folder):
        binary = install.brownout()
        route = f"{port}=127.0.0.1:{upstream}"
        if mode == "rules":
            text = configurations.brownout_scenario(port, upstream, RULES)
            return [binary, "serve", written(folder, "rules.yaml", text), "--control", "none", "--play", "--workers", 1]
        protocol = "tcp" if mode == "tcp" else "http"
        fault = ["--latency", "10ms"] if mode == "delay" else []
        return [binary, "proxy", route, "--protocol", protocol, "--workers", 1, *fault]


ALL = {target.name: target for target in (Brownout(), Nginx(), HAProxy(), Envoy())}


def subfolder(workspace, name):
    """A new folder each time: the same target may run twice."""
    number = 0
    while (folder := workspace / f"{name}-{number}").exists():
        number += 1
    folder.mkdir()
    return folder


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path
