"""The limits: what is left when all but the store's own work is bare, beside the panel; and how both grow with the store."""
from . import bars
from .load import laps
from .machine import median

# Of the growth.
CONNECTIONS = 64
READING, ROWS, BESIDE = "bare, but for the panel's reading of the store", "bare, but for the rows of the orders", "the panel beside it"
GATED, API = "bare, but for that and the panel's gate", "bare, but for the panel's API v2"
NODE = "a node, but bare and the store's work instead of API v2"


def reads(table, options, servers, keys, store, connections, again):
    """balance, status and statuses of `bare`, of `limit`, which reads from the store what the panel reads, of `gate`, which also asks who may, of `api`, which is the panel's endpoint alone, and of `panel`."""
    taken = {}
    for kind in ("balance", "status", "statuses"):
        now = taken[kind] = laps(kind, connections, servers, {name: keys for name in servers}, options, again=again)
        for name, text in (("bare", "bare beside it"), ("limit", READING), ("gate", GATED), ("api", API), ("panel", BESIDE)):
            where = f"{kind}, {connections} connections, {text}"
            if kind == "statuses":
                ids = 100 * now.rate(name)
                times = ids / taken["status"].rate(name)
                table.add(where, store, f"{ids:,.0f} ids/s", "", f"{bars.IDS_A_SECOND[store]:,} ids/s", p99=p99(now, name))
                table.add(f"{where}, against one id a call", store, "", f"{times:.1f} ×", f"{bars.IDS_OF_SINGLE} ×")
            elif name != "bare":
                table.add(where, store, f"{now.rate(name):,.0f}/s", f"{now.ratio(name, 'bare'):.2f}", bars.OF_BARE[kind, store], p99=p99(now, name))


def adds(table, options, servers, keys, store, cluster, connections, again):
    """add of `bare`, of `limit`, which writes the order's row and charge, and of `panel`, on PostgreSQL beside pgbench; what bare does."""
    beside = {"pgbench": cluster.pgbench} if store == "postgres" else {}
    now = laps("add", connections, servers, {name: keys for name in servers}, options, beside, again)
    for name, text in (("limit", ROWS), ("panel", BESIDE)):
        where = f"add, {connections} connections, {text}"
        table.add(where, store, f"{now.rate(name):,.0f}/s", f"{now.ratio(name, 'bare'):.2f}", bars.OF_BARE["add", store], p99=p99(now, name))
        if beside:
            table.add(f"{where}, against pgbench -N ({now.rate('pgbench'):,.0f}/s)", store, "", f"{now.ratio(name, 'pgbench'):.1f} ×", f"{bars.OF_PGBENCH} ×")
    return now.rate("bare")


def growth(table, options, servers, keys, store, kind):
    """One kind of a large store of each pair of servers against the same of a small one, all by turns. Pairs are (small, large), by name: `panel`, and `limit` if there is one."""
    each = {(name, size): server for name, pair in servers.items() for size, server in zip(("small", "large"), pair)}
    now = laps(kind, CONNECTIONS, each, {(name, size): keys[size] for name, size in each}, options)
    for name in servers:
        of = name == "panel"
        ratio = now.ratio((name, "large"), (name, "small"))
        text = f"{kind}, {options.growth:,} orders against 10,000" + ("" if of else f", {READING}")
        table.add(text, store, f"{now.rate((name, 'large')):,.0f}/s", f"{ratio:.2f}", bars.GROWTH, ratio >= bars.GROWTH if of else None, p99(now, (name, "large")))


def p99(taken, name):
    return f"{median(taken.p99[name]):.1f}"
