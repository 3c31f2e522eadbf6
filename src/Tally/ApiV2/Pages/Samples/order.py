import json
import time
import urllib.error
import urllib.parse
import urllib.request

URL = "https://panel.example/api/v2"
KEY = "YOUR_API_KEY"


def call(action, **parameters):
    """Asks, and asks again for as long as there is no answer. An order needs its order_reference for that."""
    body = urllib.parse.urlencode({"key": KEY, "action": action, **parameters}).encode()
    answer = None
    for attempt in range(1, 6):
        try:
            with urllib.request.urlopen(URL, body, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:  # 429: too many requests
            time.sleep(int(error.headers.get("Retry-After") or attempt))
            continue
        except (OSError, ValueError):  # no connection, or no JSON
            time.sleep(attempt)
            continue
        if not (isinstance(answer, dict) and answer.get("code") == "unavailable"):
            break
        time.sleep(attempt)
    if answer is None:
        raise RuntimeError("No answer. Send it again later, with the same order_reference.")
    if isinstance(answer, dict) and "error" in answer:
        raise RuntimeError(answer["error"] + " " + answer.get("detail", ""))
    return answer


order = call(
    "add",
    service=1,
    link="https://facebook.com/your/post",
    quantity=1000,
    order_reference="order-1001",  # your own number, one for each order
)["order"]
status = call("status", order=order)
print(f"{order}: {status['status']}, {status['charge']} {status['currency']}")
