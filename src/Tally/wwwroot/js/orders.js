// Orders that are not final yet follow what becomes of them: <tr data-order="12" data-open> and its [data-live] parts, and the balance in the frame.
// The server words everything in the visitor's language; without this module the page simply stays as it was loaded.
const most = 50;

function show(element, order) {
  for (const row of element.querySelectorAll(`[data-order="${order.id}"]`)) {
    for (const name of ['startCount', 'remains', 'charge']) {
      const part = row.querySelector(`[data-live="${name}"]`);
      if (part && part.textContent !== order[name]) part.textContent = order[name];
    }
    const progress = row.querySelector('[data-live="progress"]');
    if (progress) progress.value = progress.max - order.left;
    const badge = row.querySelector('[data-live="status"]');
    if (badge && badge.dataset.status !== order.status) {
      badge.dataset.status = order.status;
      badge.textContent = order.label;
      badge.className = `status-pill status-${order.tone} order-changed`;
    }
    // What a final order allows, the next page says.
    if (order.final) {
      row.removeAttribute('data-open');
      row.querySelector('[data-action="cancel"]')?.closest('form').remove();
    }
  }
}

export function start(element) {
  let source = null;

  function close() {
    source?.close();
    source = null;
  }

  function open() {
    const ids = [...new Set([...element.querySelectorAll('[data-order][data-open]')].map((row) => row.dataset.order))].slice(0, most);
    if (source || ids.length === 0) return;
    source = new EventSource(`/orders/live?ids=${ids.join(',')}`);
    source.addEventListener('order', (event) => show(element, JSON.parse(event.data)));
    source.addEventListener('balance', (event) => {
      for (const balance of document.querySelectorAll('[data-live="balance"]')) balance.textContent = JSON.parse(event.data).text;
    });
    // Refused (signed out, too many pages open): the browser gives up by itself; one later look is enough.
    source.addEventListener('error', () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      setTimeout(() => { if (!document.hidden) open(); }, 60000);
    });
  }

  // A page that nobody looks at needs no news.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', () => { if (!document.hidden) open(); });
  if (!document.hidden) open();
}
