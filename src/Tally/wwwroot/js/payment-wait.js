// Looks now and then whether a payment has ended; then the page is loaded anew, and says how. Rests while nobody looks at the page.
const every = 3000;

export function start(element) {
  const look = async () => {
    if (document.visibilityState === 'visible') {
      try {
        const answer = await fetch(element.dataset.poll, { headers: { Accept: 'application/json' } });
        if (answer.redirected || answer.status === 404) return; // signed out meanwhile
        if (answer.ok && (await answer.json()).state !== 'waiting') {
          location.reload();
          return;
        }
      } catch {
        // No network for a moment: the next look may have one.
      }
    }
    setTimeout(look, every);
  };
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') look(); }, { once: true });
  setTimeout(look, every);
}
