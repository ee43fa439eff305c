"""Configuration of the peers and of the origin: one worker each, no access log, connections to the origin kept.

Each function returns text; what is not said here is the program's own default.
"""

import json
import os

BODY = "x" * 99 + "\\n"
USER = "user root;" if os.geteuid() == 0 else ""


def nginx_head(folder, stream=False):
    module = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;" if stream else ""
    return f"""{module}
{USER}
worker_processes 1;
worker_rlimit_nofile {os.sysconf("SC_OPEN_MAX")};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 18000; }}
"""


def nginx_http_head(folder):
    temporary = "\n".join(
        f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""    access_log off;
{temporary}
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_header_timeout 1h;
    reset_timedout_connection off;
"""


def origin(folder, port):
    """100 bytes for any path, one MiB for /bulk."""
    return f"""{nginx_head(folder)}
http {{
{nginx_http_head(folder)}
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        location / {{ default_type text/plain; return 200 "{BODY}"; }}
        location = /bulk {{ alias {folder}/bulk; }}
    }}
}}
"""


def nginx_http(folder, port, upstream):
    return f"""{nginx_head(folder)}
http {{
{nginx_http_head(folder)}
    upstream origin {{ server 127.0.0.1:{upstream}; keepalive 2000; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def nginx_tcp(folder, port, upstream):
    return f"""{nginx_head(folder, stream=True)}
stream {{
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        proxy_pass 127.0.0.1:{upstream};
        proxy_timeout 1h;
    }}
}}
"""


def haproxy(mode, port, upstream):
    return f"""global
    nbthread 1
    maxconn 9000
defaults
    mode {mode}
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen proxy
    bind 127.0.0.1:{port} backlog 16384
    server origin 127.0.0.1:{upstream}
"""


def envoy_http(port, upstream, delay=None):
    filters = [envoy_filter("router.v3.Router", "envoy.filters.http.router")]
    if delay:
        percentage = {"numerator": 100, "denominator": "HUNDRED"}
        fault = envoy_filter("fault.v3.HTTPFault", "envoy.filters.http.fault")
        fault["typed_config"]["delay"] = {"fixed_delay": delay, "percentage": percentage}
        filters.insert(0, fault)
    manager = {
        "@type": f"{ENVOY_TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "proxy",
        "http_filters": filters,
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "all",
                    "domains": ["*"],
                    "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "origin", "timeout": "0s"}}],
                }
            ]
        },
    }
    return envoy(port, upstream, "envoy.filters.network.http_connection_manager", manager)


def envoy_tcp(port, upstream):
    proxy = {
        "@type": f"{ENVOY_TYPES}.network.tcp_proxy.v3.TcpProxy",
        "stat_prefix": "proxy",
        "cluster": "origin",
    }
    return envoy(port, upstream, "envoy.filters.network.tcp_proxy", proxy)


ENVOY_TYPES = "type.googleapis.com/envoy.extensions.filters"


def envoy_filter(kind, name):
    return {"name": name, "typed_config": {"@type": f"{ENVOY_TYPES}.http.{kind}"}}


def envoy(port, upstream, name, settings):
    listener = {
        "address": envoy_address(port),
        "filter_chains": [{"filters": [{"name": name, "typed_config": settings}]}],
    }
    limits = {key: 100000 for key in ("max_connections", "max_pending_requests", "max_requests")}
    cluster = {
        "name": "origin",
        "type": "STATIC",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [limits]},
        "load_assignment": {
            "cluster_name": "origin",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": envoy_address(upstream)}}]}],
        },
    }
    return json.dumps({"static_resources": {"listeners": [listener], "clusters": [cluster]}}, indent=1)


def envoy_address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def brownout_scenario(port, upstream, faults):
    """A scenario of one service and one long phase; `faults` are lines of its list."""
    lines = "\n".join(f"      - {fault}" for fault in faults)
    return f"""brownout: 1
name: benchmark
seed: 1
services:
  measured:
    listen: 127.0.0.1:{port}
    protocol: http
    endpoints:
      - {{ to: "127.0.0.1:{upstream}" }}
timeline:
  - phase: all
    for: 12h
    faults:
{lines}
"""
