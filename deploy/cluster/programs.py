"""Programs that end with us: each in a session of its own, so that Ctrl-C at the terminal reaches this script alone, and told by the kernel to end should this script be killed."""
import os, pathlib, pwd, shutil, signal, socket, subprocess, time

TREE = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = TREE / "deploy"


class Trouble(Exception):
    """What went wrong, in words for whoever runs the script."""


def say(text):
    print(text, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds, holds):
    """Looks again and again until something holds; returns how long that took, in seconds."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise Trouble(f"It did not come to pass in {seconds} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - began


def adapt(name, exchanges):
    """A file of deploy/ with other addresses and folders. Each must be in it, so that the examples and what is run here cannot drift apart."""
    text = (DEPLOY / name).read_text()
    for theirs, ours in exchanges.items():
        if theirs not in text:
            raise Trouble(f"deploy/{name} does not name {theirs} any more.")
        text = text.replace(theirs, str(ours))
    return text


class Unprivileged:
    """PostgreSQL and PgBouncer refuse to run as root: then all that is not Tally runs as Debian's user postgres."""

    def __init__(self):
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def command(self, command):
        as_user = [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"] if self.user else []
        return ["setpriv", *as_user, "--pdeathsig", "TERM", "--", *map(str, command)]

    def own(self, path):
        if self.user:
            shutil.chown(path, self.user.pw_uid, self.user.pw_gid)

    def run(self, command, **environment):
        done = subprocess.run(self.command(command), cwd="/", env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Trouble(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


class Program:
    """A program with its log, started when it is made."""

    def __init__(self, name, command, log, environment=None, cwd="/"):
        self.name, self.command, self.log, self.environment, self.cwd = name, [str(c) for c in command], log, environment or {}, cwd
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.cwd, env={**os.environ, **self.environment}, start_new_session=True)

    def ended(self):
        return self.process.poll() is not None

    def must_run(self):
        if self.ended():
            raise Trouble(f"{self.name} ended with {self.process.returncode}: {self.tail()}")

    def ask_to_end(self):
        if not self.ended():
            self.process.send_signal(signal.SIGTERM)

    def end(self, seconds=60):
        """SIGTERM, and its exit code; SIGKILL only for what does not listen."""
        self.ask_to_end()
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not end; killed")
            self.kill()
            return None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def tail(self):
        return "\n" + "\n".join(pathlib.Path(self.log).read_text(errors="replace").splitlines()[-12:])


PACKAGES = {
    "/usr/sbin/haproxy": "haproxy", "/usr/sbin/pgbouncer": "pgbouncer", "/usr/bin/patroni": "patroni", "/usr/bin/etcd": "etcd-server",
    "/usr/lib/postgresql/15/bin/initdb": "postgresql-15", "/usr/bin/psql": "postgresql-client-15",
}


def install():
    """Installs what is missing, on Debian as root; elsewhere says what is missing."""
    missing = sorted({package for path, package in PACKAGES.items() if not os.path.exists(path)})
    if not missing:
        return
    if os.geteuid() != 0 or not os.path.exists("/etc/debian_version"):
        raise Trouble(f"Missing: {', '.join(missing)} (the names of Debian's packages; as root on Debian they are installed).")
    say(f"== installing {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    # Debian starts what it installs; nothing of that is wanted here, so it is told not to.
    environment["RUNLEVEL"] = "1"
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True, env=environment, stdout=subprocess.DEVNULL)
    say("The packages' own services may run now (systemctl disable --now haproxy pgbouncer patroni etcd postgresql); what follows does not use them.")
