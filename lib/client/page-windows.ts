/** The pages (counted from 1) that hold these rows. */
export function pagesOf(first: number, last: number, pageSize: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.max(first, last, 0) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index + 1);
}

/** Where in its page a row is. */
export function placeOf(index: number, pageSize: number): { readonly page: number; readonly offset: number } {
  return { page: Math.floor(index / pageSize) + 1, offset: index % pageSize };
}
