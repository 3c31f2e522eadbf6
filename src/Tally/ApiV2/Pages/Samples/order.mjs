const url = 'https://panel.example/api/v2';
const key = 'YOUR_API_KEY';

// Asks, and asks again for as long as there is no answer. An order needs its order_reference for that.
async function call(action, parameters = {}) {
  let answer;
  for (let attempt = 1; attempt <= 5; attempt++) {
    try {
      const body = new URLSearchParams({ key, action, ...parameters });
      const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
      answer = await response.json();
      if (!['rate_limited', 'unavailable'].includes(answer.code)) break;
    } catch (error) {
      console.error(error.message); // no connection, or no JSON
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
  if (!answer) throw new Error('No answer. Send it again later, with the same order_reference.');
  if (answer.error) throw new Error(`${answer.error} ${answer.detail ?? ''}`);
  return answer;
}

const { order } = await call('add', {
  service: 1,
  link: 'https://facebook.com/your/post',
  quantity: 1000,
  order_reference: 'order-1001', // your own number, one for each order
});
const status = await call('status', { order });
console.log(`${order}: ${status.status}, ${status.charge} ${status.currency}`);
