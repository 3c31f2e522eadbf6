#!/usr/bin/env bash
# Places an order. Sent again after a lost answer, it is neither placed nor paid twice.
set -euo pipefail
url='https://panel.example/api/v2'
key='YOUR_API_KEY'
reference='order-1001' # your own number, one for each order

for attempt in 1 2 3 4 5; do
  answer=$(curl --silent --show-error --max-time 30 "$url" \
    --data-urlencode "key=$key" \
    --data-urlencode 'action=add' \
    --data-urlencode 'service=1' \
    --data-urlencode 'link=https://facebook.com/your/post' \
    --data-urlencode 'quantity=1000' \
    --data-urlencode "order_reference=$reference") || answer='"unavailable"'
  case $answer in
    *'"rate_limited"'* | *'"unavailable"'*) sleep "$attempt" ;; # ask again, with the same reference
    *'"error"'*) echo "$answer" >&2; exit 1 ;;
    *) echo "$answer"; exit 0 ;;
  esac
done
echo 'No answer. Run it again later: the reference makes that safe.' >&2
exit 1
