// A row of chips that is wider than a phone: the one that is chosen is in sight.
export function start(row) {
  const chosen = row.querySelector('[aria-current]');
  if (chosen) row.scrollLeft = chosen.offsetLeft - row.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
}
