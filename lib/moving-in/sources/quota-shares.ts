/**
 * How much of a balance each may spend that draws on it, by the most that it may spend itself (`Infinity` for no such
 * bound). All together it is never more than the balance. Who needs less than an equal share leaves the rest to others.
 */
export function sharesOf(balance: number, caps: readonly number[]): number[] {
  if (balance === Infinity) return [...caps];
  const shares = caps.map(() => 0);
  const order = caps.map((cap, place) => ({ cap, place })).sort((a, b) => (a.cap < b.cap ? -1 : 1));
  let left = Math.max(0, balance);
  let waiting = order.length;
  for (const { cap, place } of order) {
    const share = Math.min(cap, Math.floor(left / waiting));
    shares[place] = share;
    left -= share;
    waiting -= 1;
  }
  return shares;
}
