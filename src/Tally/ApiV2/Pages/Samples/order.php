<?php
const URL = 'https://panel.example/api/v2';
const KEY = 'YOUR_API_KEY';

// Asks, and asks again for as long as there is no answer. An order needs its order_reference for that.
function call(string $action, array $parameters = []): array
{
    $answer = null;
    for ($attempt = 1; $attempt <= 5; $attempt++) {
        $request = curl_init(URL);
        curl_setopt_array($request, [
            CURLOPT_POSTFIELDS => http_build_query(['key' => KEY, 'action' => $action] + $parameters),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        $body = curl_exec($request);
        $answer = is_string($body) ? json_decode($body, true) : null;
        if (is_array($answer) && !in_array($answer['code'] ?? '', ['rate_limited', 'unavailable'], true)) {
            break;
        }
        sleep($attempt);
    }
    if (!is_array($answer)) {
        throw new RuntimeException('No answer. Send it again later, with the same order_reference.');
    }
    if (isset($answer['error'])) {
        throw new RuntimeException($answer['error'] . ' ' . ($answer['detail'] ?? ''));
    }
    return $answer;
}

$order = call('add', [
    'service' => 1,
    'link' => 'https://facebook.com/your/post',
    'quantity' => 1000,
    'order_reference' => 'order-1001', // your own number, one for each order
])['order'];
$status = call('status', ['order' => $order]);
echo "$order: {$status['status']}, {$status['charge']} {$status['currency']}\n";
