/** US dollars for a reader: `$0.42`, `$12.50`, and `<$0.01` for what is there and rounds to nothing. */
export function formatDollars(amount: number): string {
  if (amount > 0 && amount < 0.01) return '<$0.01';
  return `$${amount.toFixed(2)}`;
}
