// A preset fills the field in place; without script it is a link that loads the page with it.
export function start(form) {
  form.addEventListener('click', (event) => {
    const preset = event.target.closest('[data-fill]');
    if (!preset) return;
    event.preventDefault();
    const field = form.elements.amount;
    field.value = preset.dataset.fill;
    field.focus();
  });
}
