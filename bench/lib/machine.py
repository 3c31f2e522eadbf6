"""What a run stands on: a throw-away PostgreSQL, servers that are started and ended, wrk and pgbench."""
import os, pathlib, re, shutil, signal, socket, statistics, subprocess, sys, time, urllib.error, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def postgres_bin():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def shared_buffers_mb():
    """What PostgreSQL's manual advises: a quarter of the memory; at most 4 GB."""
    return min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4, 4 << 30) >> 20


class Cluster:
    """A throw-away PostgreSQL with everything durable left on."""

    def __init__(self, folder):
        self.bin, self.data, self.port = postgres_bin(), folder / "pg", port()
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
            os.chmod(folder, 0o755)
        self._as("initdb", "-D", self.data, "-A", "trust", "-U", "tally")
        options = f"-p {self.port} -h 127.0.0.1 -k {self.data} -c shared_buffers={shared_buffers_mb()}MB -c max_wal_size=8GB -c max_connections=600"
        self._as("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", options, "start")

    def create(self, name):
        """A new database; its connection string for the panel."""
        self._as("createdb", *self._where(), name)
        return self._string(name)

    def copy(self, name, of):
        """A new database like one that nobody is connected to; its connection string."""
        self._as("createdb", *self._where(), "-T", of, name)
        return self._string(name)

    def order_pages(self, name):
        """How often a page of the orders' rows was found in shared_buffers so far, and how often it was not."""
        sql = "SELECT heap_blks_hit, heap_blks_read FROM pg_statio_user_tables WHERE relname = 'orders'"
        found, missed = self._as("psql", *self._where(), "-d", name, "-A", "-t", "-c", sql).split("|")
        return int(found), int(missed)

    def prepare_pgbench(self):
        self.create("pgbench")
        self._as("pgbench", *self._where(), "-i", "-q", "-s", "20", "pgbench")

    def pgbench(self, connections, seconds):
        """Transactions a second of the simple updates (-N): the yardstick for a durable write; 0 when it was not done with connecting."""
        out = self._as("pgbench", *self._where(), "-N", "-M", "prepared", "-n", "-j", "2", "-c", connections, "-T", seconds, "pgbench")
        told = re.search(r"tps = ([\d.]+) \(without", out)
        return float(told.group(1)) if told else 0

    def stop(self):
        self._as("pg_ctl", "-D", self.data, "-m", "fast", "stop")

    def _string(self, name):
        return f"Host=127.0.0.1;Port={self.port};Username=tally;Database={name};Maximum Pool Size=40"

    def _where(self):
        return "-h", "127.0.0.1", "-p", self.port, "-U", "tally"

    def _as(self, program, *arguments):
        command = [str(self.bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]

        # The server that pg_ctl starts keeps what it is given open, so its output is not a pipe.
        if program == "pg_ctl":
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
            return ""
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode:
            sys.exit(f"{program} failed: {done.stdout[-1000:]}{done.stderr[-2000:]}")
        return done.stdout


class Server:
    """A process that answers at an address of its own."""

    def __init__(self, command, ready):
        self.url = f"http://127.0.0.1:{port()}"
        self.started = time.monotonic()
        environment = os.environ | {"Tally__TrustedProxies": "127.0.0.1", "DOTNET_gcServer": "0"}
        self.process = subprocess.Popen([str(c) for c in [*command, "--urls", self.url]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=environment)
        while time.monotonic() - self.started < 60:
            try:
                urllib.request.urlopen(self.url + ready, timeout=1).read()
            except urllib.error.HTTPError as answer:
                if answer.code == 503:
                    time.sleep(0.01)
                    continue
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{command[1]} ended: {self.process.stderr.read().decode()}")
                time.sleep(0.01)
                continue
            self.ready_s = time.monotonic() - self.started
            return
        self.stop()
        sys.exit(f"{command} did not answer within a minute")

    def resident_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


def wrk(url, kind, keys, connections, seconds):
    """Requests a second, the 99th percentile in ms, and how many requests were not answered as they should be."""
    command = ["wrk", "-t2", "--timeout", "20s", f"-c{connections}", f"-d{seconds}s", "-s", ROOT / "bench/load.lua", url + "/api/v2", "--", kind, keys.file, keys.span, keys.copies]
    out = subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout
    rate, p99, refused, broken = out[out.index("RESULT"):].split()[1:5]
    return float(rate), float(p99), int(broken) + (0 if kind == "flood" else int(refused))


median = statistics.median
