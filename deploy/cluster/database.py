"""etcd, two PostgreSQL under Patroni, HAProxy that finds the primary, and PgBouncer before it."""
import json, os, pathlib, secrets, signal, subprocess, urllib.error, urllib.request

from programs import DEPLOY, Program, Trouble, adapt, free_port, wait_for

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


def fetch(url, method="GET", timeout=2):
    """The status and the text; (0, "") where nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError:
        return 0, ""


class Database:
    def __init__(self, folder, unprivileged, stage):
        self.folder, self.unprivileged, self.stage = folder, unprivileged, stage
        self.password, self.superuser = secrets.token_hex(12), secrets.token_hex(12)
        self.etcd_port, self.entry_port, self.pool_port = free_port(), free_port(), free_port()
        self.nodes = {name: (free_port(), free_port()) for name in ("db1", "db2")}  # PostgreSQL, Patroni's REST
        self.patroni = {}

    @property
    def connection(self):
        """What a Tally node is given as --database; the password goes by PGPASSWORD."""
        return f"Host=127.0.0.1;Port={self.pool_port};Username=tally;Database=tally;Max Auto Prepare=0;Maximum Pool Size=30"

    def start(self):
        self._etcd()
        for name in self.nodes:
            self._patroni(name)
        self._haproxy()
        wait_for("db1 or db2 is primary, the other its synchronous standby", 60, self.is_safe)
        self.sql("postgres", "CREATE DATABASE tally OWNER tally")
        self._pgbouncer()
        wait_for("PgBouncer lets Tally in", 30, self._lets_in)

    def members(self):
        """Patroni's view: {name: (role, state)}."""
        for _, rest in self.nodes.values():
            status, text = fetch(f"http://127.0.0.1:{rest}/cluster")
            if status == 200:
                return {m["name"]: (m["role"], m["state"]) for m in json.loads(text)["members"]}
        return {}

    def primary(self):
        """The name of the node whose Patroni says that it is primary; None while there is none."""
        return next((name for name, (_, rest) in self.nodes.items() if fetch(f"http://127.0.0.1:{rest}/primary", "OPTIONS", 1)[0] == 200), None)

    def is_safe(self):
        for program in self.patroni.values():
            program.must_run()
        return sorted(role for role, state in self.members().values() if state in ("running", "streaming")) == ["leader", "sync_standby"]

    def sql(self, database, statement, node=None):
        """Rows from a node (the primary) itself, past HAProxy and PgBouncer; the columns parted by tabs."""
        port = self.nodes[node or self.primary()][0]
        return self.unprivileged.run(
            ["/usr/bin/psql", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", database, "-X", "-v", "ON_ERROR_STOP=1", "-At", "-F", "\t", "-c", statement], PGPASSWORD=self.superuser).splitlines()

    def kill_machine(self, name):
        """What a power cut does to a machine: Patroni, the postmaster and all its children, by SIGKILL at once. Their files stay."""
        victims = [self.patroni[name].process.pid]
        postmaster = int((self.folder / name / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["ps", "--ppid", str(postmaster), "-o", "pid="], capture_output=True, text=True).stdout.split()
        for pid in [*victims, postmaster, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # a child that has ended meanwhile
        self.patroni[name].process.wait()

    def _etcd(self):
        folder = self.folder / "etcd"
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{free_port()}"
        config = self._write("etcd.yml", adapt("etcd.yml", {
            # One node of the three: enough on one machine, where they would all end together.
            "etcd1=http://10.0.0.41:2380,etcd2=http://10.0.0.42:2380,etcd3=http://10.0.0.43:2380": f"etcd1={peer}",
            "http://10.0.0.41:2379": client, "http://10.0.0.41:2380": peer, "/var/lib/etcd/tally": folder,
        }))
        self._run("etcd", ["/usr/bin/etcd", "--config-file", config])
        wait_for("etcd answers", 30, lambda: fetch(client + "/health")[0] == 200)

    def _patroni(self, name):
        port, rest = self.nodes[name]
        config = self._write(f"{name}.yml", adapt("patroni.yml", {
            "name: db1": f"name: {name}", "10.0.0.41:2379,10.0.0.42:2379,10.0.0.43:2379": f"127.0.0.1:{self.etcd_port}",
            "10.0.0.31:8008": f"127.0.0.1:{rest}", "10.0.0.31:5432": f"127.0.0.1:{port}", "10.0.0.0/24": "127.0.0.1/32",
            "/var/lib/postgresql/15/tally": self.folder / name, "/var/lib/postgresql/.pgpass_patroni": self.folder / f"{name}.pgpass", "/var/run/postgresql": self.folder,
            "TALLY_PASSWORD": self.password, "SUPERUSER_PASSWORD": self.superuser, "REPLICATION_PASSWORD": self.superuser, "REWIND_PASSWORD": self.superuser,
        }))
        self.patroni[name] = self._run(name, ["/usr/bin/patroni", config])

    def _haproxy(self):
        nodes = {f"10.0.0.3{n}:5432 check port 8008": f"127.0.0.1:{port} check port {rest}" for n, (port, rest) in enumerate(self.nodes.values(), 1)}
        config = self._write("haproxy-postgres.cfg", adapt("haproxy-postgres.cfg", {
            "bind 127.0.0.1:5433": f"bind 127.0.0.1:{self.entry_port}", "/run/haproxy/postgres.sock": self.folder / "postgres.sock", **nodes}))
        self._run("haproxy-postgres", ["/usr/sbin/haproxy", "-db", "-f", config])

    def _pgbouncer(self):
        users = self._write("userlist.txt", f'"tally" "{self.password}"\n')
        config = self._write("pgbouncer.ini", adapt("pgbouncer.ini", {
            "port=5433": f"port={self.entry_port}", "listen_port = 6432": f"listen_port = {self.pool_port}", "/etc/pgbouncer/userlist.txt": users}))
        self._run("pgbouncer", ["/usr/sbin/pgbouncer", config])

    def _lets_in(self):
        try:
            self.unprivileged.run(["/usr/bin/psql", "-h", "127.0.0.1", "-p", self.pool_port, "-U", "tally", "-d", "tally", "-X", "-c", "SELECT 1"], PGPASSWORD=self.password)
            return True
        except Trouble:
            return False

    def _write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        self.unprivileged.own(path)
        return path

    def _run(self, name, command):
        program = Program(name, self.unprivileged.command(command), self.folder / f"{name}.log")
        self.stage.append(program)
        return program
