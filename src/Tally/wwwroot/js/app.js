// What every page has: menus that close, buttons that copy, questions before what cannot be undone, forms that are sent once.
// A page's own module is named by data-module on any element: <div data-module="orders"> loads ./orders.js and calls its start(element).
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

// <button data-copy="text">, or data-copy-from="#id" for the text of another element; data-copied is what it says afterwards.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy],[data-copy-from]');
  if (!button) return;
  const text = button.dataset.copy ?? document.querySelector(button.dataset.copyFrom).textContent;
  await navigator.clipboard.writeText(text);
  if (!button.dataset.copied) return;
  const label = button.querySelector('[data-label]') ?? button;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = before; }, 1500);
});

// <form data-confirm="question">: asked before it is sent. A form is sent once: a second click while the first is under way does nothing.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = '1';
});
// A page that comes back from the browser's memory may send its forms again.
addEventListener('pageshow', () => { for (const form of document.forms) delete form.dataset.sent; });

// <select data-submit>, <input type=checkbox data-submit>: a filter that takes effect at once.
document.addEventListener('change', (event) => { if (event.target.matches('[data-submit]')) event.target.form.requestSubmit(); });

for (const element of document.querySelectorAll('[data-module]')) {
  import(`./${element.dataset.module}.js`).then((module) => module.start(element));
}
