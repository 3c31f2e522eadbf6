// How people search: without regard to case and marks. The same as Catalog/SearchText.cs, which a test holds this against.
export const fold = (text) => text.normalize('NFKD').replace(/[\p{Mn}\p{Me}]/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/[^\p{L}\p{Nd}]+/gu, ' ').trim();

export const words = (search) => fold(search.slice(0, 100)).split(' ').filter(Boolean);

// The rows whose folded text has every word; one whose id is the search comes first.
export function find(rows, search, atMost) {
  const wanted = words(search);
  if (wanted.length === 0) return [];
  const found = [];
  for (const row of rows) {
    if (wanted.length === 1 && String(row.id) === wanted[0]) found.unshift(row);
    else if (found.length <= atMost && wanted.every((word) => row.folded.includes(word))) found.push(row);
  }
  return found.slice(0, atMost);
}
