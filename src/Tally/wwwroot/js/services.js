// The stars of the price list: marked without leaving the page. A star is filled by its button's aria-pressed (css).
export function start(element) {
  document.addEventListener('submit', async (event) => {
    const form = event.target.closest('form[data-favourite]');
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = form.querySelector('button');
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
    if (response.type !== 'opaqueredirect') return form.submit();
    const marked = form.elements.marked.value === 'true';
    button.setAttribute('aria-pressed', String(marked));
    form.elements.marked.value = String(!marked);
  }, { capture: true });
}
