"""What we hold ourselves to (docs/performance.md). A bar is met when the figure is at least (or, for times and memory, at most) what it says."""

# Load: the least share of the bare endpoint's requests a second.
OF_BARE = {
    ("balance", "sqlite"): 0.85, ("balance", "postgres"): 0.85,
    ("status", "sqlite"): 0.75, ("status", "postgres"): 0.55,
    ("add", "sqlite"): 0.35, ("add", "postgres"): 0.35,
    ("services", "sqlite"): 0.85, ("services", "postgres"): 0.85,
    ("wrong-key", "sqlite"): 0.90, ("wrong-key", "postgres"): 0.90,
    ("flood", "sqlite"): 0.90, ("flood", "postgres"): 0.90,
}
IDS_A_SECOND = {"sqlite": 200_000, "postgres": 150_000}
IDS_OF_SINGLE = 15
OF_PGBENCH = 3
ADD_ONE_OF_ADD = 0.8
GROWTH = 0.85
SENT_A_SECOND = 1_000
SYNC_S = 30
ADDS_WHILE_SYNCING = 0.7
RESIDENT_MB = 200
START_S = 1.5


class Table:
    """The one table: what was done, the figure, the bar, the verdict."""

    def __init__(self):
        self.rows = []

    def add(self, work, store, figure, ratio="", bar="", met=None, p99=""):
        verdict = "" if met is None else "met" if met else "**missed**"
        self.rows.append((work, store, figure, ratio, bar, verdict, p99))
        print("  ".join(str(cell) for cell in self.rows[-1] if cell), flush=True)

    def text(self):
        head = ["| work | store | figure | ratio | bar | verdict | p99 ms |", "|---|---|--:|--:|--:|---|--:|"]
        return "\n".join(head + ["| " + " | ".join(map(str, row)) + " |" for row in self.rows])
