// The page of a new order: searches as one types, changes service without loading the page anew, and says at once what the order costs.
import { amount, number, reckon } from './charge.js';
import { start as showChosen } from './chips.js';
import { find, fold } from './fold.js';

const mostFound = 30;

export function start(root) {
  const base = root.querySelector('[name=order_reference]');
  if (base) keepReference(base);
  listen(root);
  ready(root);
}

// Each form has its own reference, and one that is sent twice is one order. Going back fetches the page anew: it must get the reference that it had, or a form sent again after
// a lost answer would be a second order. The browser keeps it with the entry of its history.
function keepReference(input) {
  const kept = history.state?.reference;
  if (kept) input.value = kept;
  else history.replaceState({ ...history.state, reference: input.value }, '');
}

function listen(root) {
  let rows;
  const list = async () => (rows ??= await load(root.dataset.list));
  root.addEventListener('focusin', (event) => { if (event.target.id === 'pick-q') list(); });
  const search = async (field) => show(root, find(await list(), field.value, mostFound), field.value);
  root.addEventListener('input', (event) => {
    if (event.target.id === 'pick-q') search(event.target);
    else if (event.target.form?.dataset.order !== undefined) reckonForm(event.target.form);
  });
  root.addEventListener('keydown', (event) => {
    if (!['ArrowDown', 'ArrowUp', 'Escape'].includes(event.key) || !event.target.closest('.pick-search')) return;
    const found = root.querySelector('[data-found]');
    if (event.key === 'Escape') { found.hidden = true; return; }
    const places = [root.querySelector('#pick-q'), ...found.querySelectorAll('a')];
    const next = places[places.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  root.addEventListener('click', (event) => {
    const link = event.target.closest('[data-pick] a, a[data-choose], [data-found] a');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(root, link.href);
  });
  root.addEventListener('submit', (event) => {
    if (!event.target.matches('form[data-pick]')) return;
    event.preventDefault();
    const asked = [...new FormData(event.target)].filter(([, value]) => value !== '');
    go(root, `${event.target.action}?${new URLSearchParams(asked)}`);
  });
  addEventListener('popstate', () => location.reload());

  // On a slow line people type before this script has come.
  const early = root.querySelector('#pick-q');
  if (early === document.activeElement && early.value) search(early);
}

async function load(url) {
  const { c, s } = await (await fetch(url)).json();
  return s.map(([id, name, at, rate]) => ({ id, name, category: c[at][0], rate, folded: `${id} ${fold(`${name} ${c[at][0]} ${c[at][1]}`)}` }));
}

function show(root, found, search) {
  const box = root.querySelector('[data-found]');
  box.hidden = search.trim() === '';
  box.replaceChildren(...found.map((row) => {
    const link = element('a', 'pick-item');
    link.href = `/orders/new?service=${row.id}`;
    const name = element('span', 'pick-name');
    name.append(element('span', 'shelf-id num', row.id), row.name, element('small', 'pick-category', row.category));
    link.append(name, element('span', 'pick-rate num', row.rate));
    return link;
  }));
  if (found.length === 0) box.append(element('p', 'pick-nothing', root.dataset.nothing));
}

function element(name, style, text = '') {
  const made = document.createElement(name);
  made.className = style;
  made.textContent = text;
  return made;
}

// Another service: the server makes its fields, what was typed is taken along.
async function go(root, url) {
  root.setAttribute('aria-busy', 'true');
  const typed = new Map([...root.querySelectorAll('form[data-order] :is(input:not([type=hidden]),textarea,select)')].map((field) => [field.name, field.value]));
  const response = await fetch(url);
  const page = response.ok && !response.redirected ? new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#new-order') : null;
  if (!page) { location.href = url; return; }
  root.replaceChildren(...page.childNodes);
  root.removeAttribute('aria-busy');
  for (const [name, value] of typed) {
    const field = root.querySelector(`form[data-order] [name="${CSS.escape(name)}"]`);
    if (field && value && !field.value) field.value = value;
  }
  history.pushState({ reference: root.querySelector('[name=order_reference]')?.value }, '', url);
  ready(root);
  const first = root.querySelector('form[data-order] :is(input:not([type=hidden]),textarea,select)');
  if (first && !matchMedia('(pointer: coarse)').matches) first.focus();
}

function ready(root) {
  for (const part of root.querySelectorAll('.needs-script')) part.classList.remove('needs-script');
  showChosen(root.querySelector('.chips'));
  const form = root.querySelector('form[data-order]');
  if (form) reckonForm(form);
}

function reckonForm(form) {
  const { source, rate, per, balance, group, point, decimals, before, after } = form.dataset;
  if (source === 'children') return;
  const format = { group, point, decimals: Number(decimals), before, after };
  const order = reckon({ source, rate: BigInt(rate), per: BigInt(per) }, (name) => form.elements[name]?.value);
  const has = BigInt(balance);
  const out = (name, text) => { const place = form.querySelector(`[data-out=${name}]`); if (place) place.textContent = text; };
  out('quantity', order ? number(order.quantity, format) : '—');
  out('charge', order ? amount(order.charge, format) : '—');
  out('left', amount(order ? has - order.charge : has, format));
  form.querySelector('[data-short]').hidden = !order || order.charge <= has;
}
