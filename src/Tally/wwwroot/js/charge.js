// What an order costs, exactly as the server reckons it (Tally.Ledger/Money.cs, Ui/Formats.cs); a test holds the two together. Amounts are BigInt of 10^-5.
export const charge = (rate, quantity, per) => (rate * quantity + per - 1n) / per;

// A whole number as the contract has it: digits, spaces around; null for anything else.
export function whole(text) {
  const digits = text.replace(/^ +| +$/g, '');
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : null;
}

// How many items a list has, one a line.
export const lines = (text) => BigInt(text.split(/[\r\n]/).filter((line) => line.trim()).length);

const grouped = (digits, group) => digits.replace(/\B(?=(\d{3})+$)/g, group);

export const number = (value, format) => grouped(String(value), format.group);

// format: { group, point, decimals, before, after }
export function amount(units, format) {
  const size = units < 0n ? -units : units;
  const decimals = String(size % 100000n).padStart(5, '0').replace(/0+$/, '').padEnd(format.decimals, '0');
  const text = format.before + number(size / 100000n, format) + (decimals ? format.point + decimals : '') + format.after;
  return units < 0n ? '−' + text : text;
}

// What the form asks for: { quantity, charge }, or null while it cannot be told.
export function reckon({ source, rate, per }, value) {
  const single = source === 'one' ? 1n
    : source === 'comments' || source === 'usernames' ? lines(value(source) ?? '')
    : source === 'parameter' ? whole(value('quantity') ?? '') : null;
  if (single === null || single < 1n) return null;
  const runs = whole(value('runs') ?? '') ?? 0n;
  const quantity = single * (runs >= 2n ? runs : 1n);
  return { quantity, charge: charge(rate, quantity, per) };
}
