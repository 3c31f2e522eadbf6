"""Customers who order without a pause: every order has a reference, is sent again until it is acknowledged, and is remembered with all its parameters."""
import http.client, json, random, threading, time, urllib.parse


class Sent:
    """One order as its customer knows it."""

    def __init__(self, customer, service, number):
        self.customer, self.reference = customer, f"load-{number}"
        self.parameters = {
            "service": service, "link": f"https://example.com/post/{number}", "quantity": 100 + number % 9 * 10, "order_reference": self.reference,
        }
        self.tries, self.ids = 0, set()


class Load:
    def __init__(self, port, customers, service, clients, per_second, retry):
        self.port, self.customers, self.service, self.retry = port, customers, service, retry
        self.pause = clients / per_second
        self.sent, self.failures, self.acknowledged_at, self.slowest, self.requests = [], [], [], 0.0, 0
        self._numbers, self._lock, self._stop = iter(range(10**9)), threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._customer, args=(n,), daemon=True) for n in range(clients)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=90)
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def acknowledged(self):
        return [s for s in self.sent if s.ids]

    def _customer(self, n):
        client = Client(self.port, self)
        customer = self.customers[n % len(self.customers)]
        chance = random.Random(n)
        while not self._stop.is_set():
            began = time.monotonic()
            with self._lock:
                sent = Sent(customer, self.service, next(self._numbers))
                self.sent.append(sent)
            while not client.order(sent) and self.retry and not self._stop.is_set():
                self._stop.wait(0.2)
            what = chance.random()
            if sent.ids and what < 0.3:
                client.ask(customer, {"action": "status", "order": min(sent.ids)}, "status")
            elif what < 0.4:
                client.ask(customer, {"action": "balance"}, "balance")
            elif what < 0.45:
                client.page("/services")
            self._stop.wait(max(0.0, self.pause - (time.monotonic() - began)))

    def note(self, began, failure):
        with self._lock:
            self.requests += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
            if failure:
                self.failures.append((began, failure))

    def note_acknowledged(self, began):
        with self._lock:
            self.acknowledged_at.append((began, time.monotonic()))


class Client:
    """One connection, kept as long as it holds, as clients' libraries do."""

    def __init__(self, port, load):
        self.connection, self.load = http.client.HTTPConnection("127.0.0.1", port, timeout=60), load

    def order(self, sent):
        """True when it is acknowledged."""
        sent.tries += 1
        began = time.monotonic()
        answer = self.ask(sent.customer, {"action": "add", **sent.parameters}, "order")
        if answer is None:
            return False
        sent.ids.add(answer["order"])
        self.load.note_acknowledged(began)
        return True

    def ask(self, customer, parameters, wanted):
        """The answer when it has what is wanted and no error; everything else is noted as a failed request."""
        status, body, began = self._request("POST", "/api/v2", urllib.parse.urlencode({"key": customer["key"], **parameters}))
        try:
            answer = json.loads(body) if status == 200 else None
        except ValueError:
            answer = None
        right = isinstance(answer, dict) and wanted in answer and "error" not in answer
        self.load.note(began, None if right else f"{parameters['action']}: {status} {body[:120]}")
        return answer if right else None

    def page(self, path):
        status, body, began = self._request("GET", path, None)
        self.load.note(began, None if status == 200 and "</html>" in body else f"{path}: {status} {body[:120]}")

    def _request(self, method, path, body):
        began = time.monotonic()
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            return response.status, response.read().decode(errors="replace"), began
        except (OSError, http.client.HTTPException) as e:
            self.connection.close()
            return 0, f"{type(e).__name__} {e}", began
