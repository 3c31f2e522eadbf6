// The documentation: tabs that change at once instead of by loading the page, and the section that one reads marked in the navigation.
export function start(page) {
  for (const tabs of page.querySelectorAll('[data-tabs]')) tabs.addEventListener('click', (event) => choose(tabs, event));

  const links = new Map([...page.querySelectorAll('.api-nav a')].map((link) => [link.hash.slice(1), link]));
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const line = innerHeight / 3;
    const read = sections.filter((section) => section.getBoundingClientRect().top <= line).at(-1) ?? sections[0];
    for (const [id, link] of links) {
      if (id !== read.id) link.removeAttribute('aria-current');
      else link.setAttribute('aria-current', 'true');
    }
  };
  let waiting = false;
  addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
}

function choose(tabs, event) {
  const chosen = event.target.closest('[data-tab]');
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const tab of tabs.querySelectorAll('[data-tab]')) {
    const is = tab === chosen;
    if (is) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
    document.getElementById(tab.dataset.tab).hidden = !is;
  }

  // The address says it too, for a reload and for sending it on; what else was chosen stays.
  const address = new URL(location);
  for (const [name, value] of new URL(chosen.href).searchParams) address.searchParams.set(name, value);
  history.replaceState(null, '', address);
}
