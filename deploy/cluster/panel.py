"""Three web and two worker nodes of Tally behind HAProxy, and the upstream panel that delivers for them: a demo panel."""
import json, os, socket, subprocess, time

from database import fetch
from programs import Program, Trouble, adapt, free_port, say, wait_for

DRAIN_S = 5
MARGIN_PERCENT = "20"
CUSTOMERS = 2


class Node:
    """One Tally node; the same port at every start."""

    def __init__(self, panel, name, role):
        self.panel, self.name, self.role, self.port = panel, name, role, free_port()
        drain = ["--drain", DRAIN_S] if role == "web" else []
        self.program = Program(
            name, panel.tally("serve", "--urls", self.url, "--roles", role, *drain), panel.folder / f"{name}.log", panel.environment)
        panel.stage.append(self.program)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ready(self):
        self.program.must_run()
        return fetch(self.url + "/readyz")[0] == 200

    def restart(self):
        """Asks it to end and starts it again when it has; returns its exit code and the seconds until it was ready."""
        began = time.monotonic()
        code = self.program.end()
        self.program.start()
        wait_for(f"{self.name} is ready", 120, self.ready)
        if self.role == "web":
            wait_for(f"HAProxy sends to {self.name}", 30, lambda: self.panel.sends_to(self.name))
        return code, time.monotonic() - began


class Panel:
    def __init__(self, folder, unprivileged, stage, database, dll, port):
        self.folder, self.unprivileged, self.stage, self.database, self.dll = folder, unprivileged, stage, database, dll
        self.port, self.upstream_port = port or free_port(), free_port()
        self.upstream_key = "upstream-key-of-the-cluster"
        # HAProxy is on loopback, too: its word about the caller's address counts.
        self.environment = {"PGPASSWORD": database.password, "Tally__TrustedProxies": "127.0.0.1"}
        self.nodes, self.customers, self.service = [], [], None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def upstream(self):
        return f"http://127.0.0.1:{self.upstream_port}"

    def tally(self, *arguments, store=None):
        return ["setpriv", "--pdeathsig", "TERM", "--", "dotnet", self.dll, *map(str, arguments), "--database", store or self.database.connection]

    def run(self, *arguments, store=None, may_fail=False):
        """A command of tally, its answer read as JSON."""
        done = subprocess.run(
            self.tally(*arguments, "--json", store=store), env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=120)
        if done.returncode != 0 and not may_fail:
            raise Trouble(f"tally {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    def start_upstream(self):
        data = self.folder / "upstream"
        self.demo_store = data / "demo.db"
        command = ["setpriv", "--pdeathsig", "TERM", "--", "dotnet", self.dll, "demo", "--urls", self.upstream, "--data", data, "--key", self.upstream_key, "--json"]
        self.demo = Program("upstream", command, self.folder / "upstream.log")
        self.stage.append(self.demo)

    def start(self):
        # Nothing that a demonstration would run into. The first command brings the empty store forward.
        for name in ("requests_per_second", "request_burst"):
            self.run("settings", "set", name, 100_000)
        wait_for("the upstream panel is ready", 120, self._upstream_ready)
        self.run("user", "credit", "demo@tally.example", 10**10, "--reason", "for the cluster", store=self.demo_store)
        for name in ("requests_per_second", "request_burst"):
            self.run("settings", "set", name, 100_000, store=self.demo_store)
        self.run("provider", "add", "upstream", self.upstream + "/api/v2", self.upstream_key, "--references", "--allow-private")
        self.run("services", "import", "--provider", "upstream", "--margin", MARGIN_PERCENT)
        self.customers = [self.run("user", "add", f"customer{n}@tally.example", "--balance", 10**9) for n in range(1, CUSTOMERS + 1)]
        self.nodes = [Node(self, f"web{n}", "web") for n in (1, 2, 3)] + [Node(self, f"worker{n}", "worker") for n in (1, 2)]
        for node in self.nodes:
            wait_for(f"{node.name} is ready", 120, node.ready)
        self._haproxy()
        wait_for("HAProxy sends to all web nodes", 30, lambda: all(self.sends_to(n.name) for n in self.nodes if n.role == "web"))
        self.service = self._choose_service()

    def sends_to(self, name):
        """What HAProxy itself says of a web node."""
        self.haproxy.must_run()
        lines = self._haproxy_says("show stat").splitlines()
        for line in lines:
            cells = line.split(",")
            if cells[:2] == ["api", name]:
                return cells[17].startswith("UP")
        return False

    def _upstream_ready(self):
        self.demo.must_run()
        return fetch(self.upstream + "/readyz")[0] == 200

    def _haproxy(self):
        # Fewer connections than in earnest: it is not started as root, so it cannot raise the limit on open files.
        exchanges = {"maxconn 20000": "maxconn 2000", "10.0.0.10:80\n": f"127.0.0.1:{self.port}\n", "/run/haproxy/admin.sock": self.folder / "web.sock"}
        for n, node in enumerate([n for n in self.nodes if n.role == "web"], 1):
            exchanges[f"10.0.0.2{n}:8080"] = f"127.0.0.1:{node.port}"
        config = self.folder / "haproxy-web.cfg"
        config.write_text(adapt("haproxy-web.cfg", exchanges))
        self.unprivileged.own(config)
        self.haproxy = Program("haproxy-web", self.unprivileged.command(["/usr/sbin/haproxy", "-db", "-f", config]), self.folder / "haproxy-web.log")
        self.stage.append(self.haproxy)

    def _haproxy_says(self, command):
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.connect(str(self.folder / "web.sock"))
            except OSError:
                return ""  # it has not opened it yet
            s.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    def _choose_service(self):
        status, text = fetch(f"{self.url}/api/v2?key={self.customers[0]['key']}&action=services", timeout=10)
        services = json.loads(text)
        if status != 200 or not isinstance(services, list):
            raise Trouble(f"services answers {status}: {text[:300]}")
        fitting = [s for s in services if s["type"] == "Default" and int(s["min"]) <= 100 <= int(s["max"])]
        if not fitting:
            raise Trouble("No service of type Default takes 100.")
        say(f"   service {fitting[0]['service']}: {fitting[0]['name']}")
        return int(fitting[0]["service"])
