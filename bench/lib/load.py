"""The load runs: wrk against the bare endpoint and the panels, by turns, with pgbench beside the adds."""
import dataclasses, pathlib, sys

from . import bars
from .machine import median, wrk

# Kinds of requests in the order of their runs. services and the two with wrong keys ask no store.
KINDS = ["balance", "status", "statuses", "services", "wrong-key", "flood", "add", "add-one"]

# The lap that warms up for a kind of request that the servers have had already.
WARM_AGAIN_S = 4


@dataclasses.dataclass
class Keys:
    """Who asks, and for which orders: load.lua's arguments."""
    file: pathlib.Path
    span: int = 0
    copies: int = 0


@dataclasses.dataclass
class Taken:
    """What the laps of one kind at one number of connections gave, for each server."""
    rates: dict
    p99: dict

    def rate(self, name):
        return median(self.rates[name])

    def ratio(self, name, other):
        return median(a / b for a, b in zip(self.rates[name], self.rates[other]))


def turn(names, lap):
    """The order of a lap: each begins with another one, so that over the rounds each has had each place. Whoever comes last is slower, whatever it is."""
    first = lap % len(names)
    return names[first:] + names[:first]


def laps(kind, connections, servers, keys, options, beside=None, again=False):
    """
    Every server gets a lap in turn. The first lap warms up, and is long: until the runtime has compiled for the second time what a kind of request runs through, it counts calls and types in
    it, which on a busy machine goes on for many seconds, the longer the more code there is. `again`: it has had that kind before. `beside` are functions of connections and seconds, by name,
    that take turns with them.
    """
    warm = min(options.warm, WARM_AGAIN_S) if again else options.warm
    beside = beside or {}
    names = [*servers, *beside]
    taken = Taken({n: [] for n in names}, {n: [] for n in names})
    for lap in range(options.rounds + 1):
        seconds = options.seconds if lap else warm
        for name in turn(names, lap):
            if name in beside:
                rate, p99, errors = beside[name](connections, seconds), None, 0
            else:
                rate, p99, errors = wrk(servers[name].url, kind, keys[name], connections, seconds)
            if errors:
                sys.exit(f"{name} answered {errors} requests of {kind} wrongly")
            if not rate:
                sys.exit(f"{name} did nothing of {kind} in {seconds} s: the machine has other work, or the lap is too short")
            if lap:
                taken.rates[name].append(rate)
                taken.p99[name].append(p99)
    return taken


def run(table, options, servers, keys, cluster):
    """All kinds at all numbers of connections, into the table."""
    for connections in options.connections:
        again = connections != options.connections[0]
        taken = {}
        for kind in options.kinds:
            if not set(servers) - {"bare"}:
                continue
            beside = {"pgbench": cluster.pgbench} if kind == "add" and cluster and "postgres" in servers else {}
            taken[kind] = laps(kind, connections, servers, keys, options, beside, again)
            rows(table, kind, connections, taken, servers)


def rows(table, kind, connections, taken, servers):
    now, where = taken[kind], f"{kind}, {connections} connections"
    if kind not in ("statuses", "add-one"):
        table.add(where, "bare", f"{now.rate('bare'):,.0f}/s", p99=f"{median(now.p99['bare']):.1f}")
    for name in servers:
        if name == "bare":
            continue
        figure, p99 = f"{now.rate(name):,.0f}/s", f"{median(now.p99[name]):.1f}"
        if kind == "statuses":
            ids = 100 * now.rate(name)
            table.add(where, name, f"{ids:,.0f} ids/s", "", f"{bars.IDS_A_SECOND[name]:,} ids/s", ids >= bars.IDS_A_SECOND[name], p99)
            if "status" in taken:
                times = ids / taken["status"].rate(name)
                table.add(f"{where}, against one id a call", name, "", f"{times:.1f} ×", f"{bars.IDS_OF_SINGLE} ×", times >= bars.IDS_OF_SINGLE)
        elif kind == "add-one":
            if "add" in taken:
                ratio = now.rate(name) / taken["add"].rate(name)
                table.add(f"{where} (one account only), against add", name, figure, f"{ratio:.2f}", bars.ADD_ONE_OF_ADD, ratio >= bars.ADD_ONE_OF_ADD, p99)
        else:
            ratio, bar = now.ratio(name, "bare"), bars.OF_BARE[kind, name]
            table.add(where, name, figure, f"{ratio:.2f}", bar, ratio >= bar, p99)
    if "pgbench" in now.rates:
        times = now.ratio("postgres", "pgbench")
        table.add(f"{where}, against pgbench -N ({now.rate('pgbench'):,.0f}/s)", "postgres", "", f"{times:.1f} ×", f"{bars.OF_PGBENCH} ×", times >= bars.OF_PGBENCH)
