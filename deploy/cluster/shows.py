"""The two demonstrations. Each prints figures and returns whether everything held."""
import time

from load import Client, Load
from programs import say, wait_for

TRIES = 5


class Findings:
    """What was looked at, line by line, and whether all of it held."""

    def __init__(self):
        self.hold = True

    def figure(self, what, value):
        say(f"   {what:<62} {value}")

    def must(self, what, holds, found=""):
        self.hold &= bool(holds)
        say(f"   {what:<62} {'yes' if holds else 'NO'}{f'  ({found})' if found != '' else ''}")


def rolling(panel, database, clients, per_second):
    """Every Tally node is ended and started again, one after the other, while customers order."""
    say("== rolling restart under load")
    load = Load(panel.port, panel.customers, panel.service, clients, per_second, retry=False)
    findings, began = Findings(), time.monotonic()
    load.start()
    time.sleep(3)
    for node in panel.nodes:
        code, seconds = node.restart()
        findings.must(f"{node.name} ended with 0; back after {seconds:.1f} s", code == 0, code)
        time.sleep(1)
    ended = load.stop()
    seconds = time.monotonic() - began
    findings.figure("requests (orders, status, balance, pages)", f"{load.requests} in {seconds:.0f} s, slowest {load.slowest * 1000:.0f} ms")
    findings.figure("orders", len(load.sent))
    findings.must("every client has ended", ended)
    findings.must("no request failed", not load.failures, len(load.failures))
    for _, failure in load.failures[:5]:
        say(f"      {failure}")
    check(findings, panel, database, load)
    return findings.hold


def failover(panel, database, clients, per_second):
    """The primary's machine is gone in the middle of load; the standby takes its place."""
    say("== PostgreSQL fail-over under load")
    load, findings = Load(panel.port, panel.customers, panel.service, clients, per_second, retry=True), Findings()
    old = database.primary()
    findings.must(f"before: {old} is primary, the other its synchronous standby", database.is_safe())
    load.start()
    time.sleep(6)
    say(f"   kill -9: {old}'s Patroni, postmaster and all its processes")
    killed = time.monotonic()
    database.kill_machine(old)
    wait_for("another node is primary", 90, lambda: database.primary() not in (None, old))
    new, promoted = database.primary(), time.monotonic() - killed
    wait_for("an order sent after the kill is acknowledged", 90, lambda: any(b > killed for b, _ in list(load.acknowledged_at)))
    works = min(answered for began, answered in list(load.acknowledged_at) if began > killed) - killed
    gap = longest_gap([a for _, a in list(load.acknowledged_at)])
    time.sleep(8)
    findings.must("every client has ended", load.stop())

    findings.figure(f"{new} is primary after", f"{promoted:.1f} s")
    findings.figure("`add` works again after", f"{works:.1f} s")
    findings.figure("longest time without an acknowledged order", f"{gap:.1f} s")
    findings.figure("orders sent / acknowledged", f"{len(load.sent)} / {len(load.acknowledged)}")
    findings.figure("acknowledged before the kill / after it", f"{sum(a <= killed for _, a in load.acknowledged_at)} / {sum(a > killed for _, a in load.acknowledged_at)}")
    findings.figure("requests that were answered with an error or not at all", len(load.failures))
    check(findings, panel, database, load)

    say(f"   {old} is started again")
    database.patroni[old].start()
    findings.figure(f"{old} follows as synchronous standby after", f"{wait_for('it follows', 120, database.is_safe):.1f} s")
    findings.must(f"{new} has stayed primary", database.primary() == new)
    return findings.hold


def longest_gap(times):
    times = sorted(times)
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)


def check(findings, panel, database, load):
    """Holds the panel to what its customers remember. Read from the primary itself, then through the API, then by Tally's own proofs."""
    acknowledged = {(int(s.customer["id"]), s.reference): s for s in load.acknowledged}
    findings.must("no order was acknowledged under two ids", all(len(s.ids) == 1 for s in acknowledged.values()))
    stored = {}
    twice = 0
    for line in database.sql("tally", "SELECT o.account_id, r.reference, o.id, o.service_id, o.link, o.quantity FROM orders o LEFT JOIN order_references r ON r.order_id = o.id AND r.account_id = o.account_id"):
        account, reference, order, service, link, quantity = line.split("\t")
        if not reference.startswith("load-"):
            continue
        twice += (int(account), reference) in stored
        stored[int(account), reference] = (int(order), int(service), link, int(quantity))
    wrong = [k for k, s in acknowledged.items() if stored.get(k) != (min(s.ids), s.parameters["service"], s.parameters["link"], s.parameters["quantity"])]
    findings.must(f"all {len(acknowledged)} acknowledged orders are on {database.primary()} with their parameters", acknowledged and not wrong, f"lost or changed: {len(wrong)}")
    findings.must("each reference is there once", twice == 0, f"doubled: {twice}")
    unsure = [s for s in load.sent if not s.ids]
    findings.figure("orders without an acknowledgement / of them stored", f"{len(unsure)} / {sum((int(s.customer['id']), s.reference) in stored for s in unsure)}")

    again = Load(panel.port, panel.customers, panel.service, 1, 1, retry=False)
    client, other = Client(panel.port, again), 0
    for sent in load.sent:
        before = set(sent.ids) or {stored.get((int(sent.customer["id"]), sent.reference), (None,))[0]} - {None}
        accepted = any(client.order(sent) or time.sleep(0.5) for _ in range(TRIES))
        other += not accepted or (before and sent.ids != before) or len(sent.ids) != 1
    findings.must("sent again, every reference answers its one id", other == 0, f"others: {other}, failed: {len(again.failures)}")

    count = lambda where: int(database.sql("tally", f"SELECT COUNT(*) FROM orders WHERE {where}")[0])
    findings.must("as many orders as references were sent", count("TRUE") == int(database.sql("tally", "SELECT COUNT(*) FROM order_references")[0]))
    took = wait_for("every order was sent to the upstream panel", 150, lambda: count("send_state <> 3") == 0)
    findings.figure("the workers have sent what was left after", f"{took:.1f} s")
    findings.must("each order is at the upstream panel under an id of its own", count("TRUE") == int(database.sql("tally", "SELECT COUNT(DISTINCT provider_order) FROM orders")[0]))
    books = panel.run("ledger", "verify", may_fail=True)
    findings.must("tally ledger verify holds", books["holds"], f"{books['orders']} orders, {books['transfers']} transfers")
    findings.must("tally doctor finds nothing", panel.run("doctor", may_fail=True)["ok"])
